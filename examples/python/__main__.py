import pulumi
import pulumi_elevenlabs as elevenlabs

token = elevenlabs.WorkspaceSecret(
    "CRM_TOKEN", name="CRM_TOKEN", value=pulumi.Config().require_secret("crmToken")
)
dependents = elevenlabs.get_secret_dependents_output(secret_id=token.secret_id)

# An agent's tool refers to the secret by this id.
pulumi.export("tokenId", token.secret_id)
pulumi.export("usedBy", dependents.dependents)
