import os

import pulumi

# Uses no SDK: sets the type by its name, and spells the inputs as the schema does.
token = pulumi.CustomResource(
    "elevenlabs:index:WorkspaceSecret", "CRM_TOKEN", {"value": os.environ["TOKEN"]}
)
pulumi.export("tokenId", token.id)
