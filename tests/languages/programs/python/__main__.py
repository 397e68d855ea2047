import os

import pulumi

# Without an SDK: the type by its name, and the inputs as the schema spells them.
token = pulumi.CustomResource(
    "elevenlabs:index:WorkspaceSecret", "CRM_TOKEN", {"name": "CRM_TOKEN", "value": os.environ["TOKEN"]}
)
pulumi.export("tokenId", token.id)
