import pulumi
import pulumi_elevenlabs as elevenlabs

workspace = elevenlabs.WorkspaceSecrets(
    "workspace", secrets={"PAYMENT_TOKEN": pulumi.Config().require_secret("paymentToken")}
)
token_id = workspace.secret_ids["PAYMENT_TOKEN"]
dependents = elevenlabs.get_secret_dependents_output(secret_id=token_id)

# An agent's tool refers to the secret by this id.
pulumi.export("tokenId", token_id)
pulumi.export("usedBy", dependents.dependents)
