import pulumi

config = pulumi.Config()

# The generic class needs no SDK of this provider.
token = pulumi.CustomResource(
    "elevenlabs:index:WorkspaceSecret", "CRM_TOKEN", {"value": config.require_secret("crmToken")}
)

pulumi.export("tokenId", token.id)
