// Writes schema.json, the plugin's schema. The inputs and config keys are read from their declarations; everything else is declared here.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { declaredInputs, declaredSettings } from "./declarations.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DYNAMIC_TYPE = "pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret";

const text = { type: "string" };
const any = { $ref: "pulumi.json#/Any" };

export async function schemaOf() {
  const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8"));
  const inputs = await declaredInputs(root);
  const inputProperties = Object.fromEntries(inputs.map((input) => [input.name, inputProperty(input)]));
  const config = Object.fromEntries(settings.map((setting) => [setting.name, configProperty(setting)]));
  return {
    name: manifest.pulumi.name,
    displayName: "ElevenLabs",
    version: manifest.version,
    description: manifest.description,
    // Pulumi's registry sorts packages by the keywords with a slash.
    keywords: [...manifest.keywords, "category/infrastructure", "kind/native"],
    license: manifest.license,
    // Not known before the package is published: package.json gets them then.
    ...(manifest.repository === undefined ? {} : { repository: manifest.repository.url }),
    ...(manifest.author === undefined ? {} : { publisher: manifest.author }),
    // Set by the release workflow: the URL from which the engine downloads the plugin.
    ...(manifest.pulumi.server === undefined ? {} : { pluginDownloadURL: manifest.pulumi.server }),
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-elevenlabs-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_elevenlabs", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { generateResourceContainerTypes: true, respectSchemaVersion: true },
      csharp: { respectSchemaVersion: true },
    },
    config: { variables: config },
    provider: {
      description: "One ElevenLabs workspace, and more by name.",
      inputProperties: config,
    },
    types: TYPES,
    resources: {
      "elevenlabs:index:WorkspaceSecret": {
        description: RESOURCE_DOCS,
        aliases: [{ type: DYNAMIC_TYPE }],
        inputProperties,
        requiredInputs: inputs.filter(({ isRequired }) => isRequired).map(({ name }) => name),
        properties: OUTPUTS,
        required: Object.keys(OUTPUTS),
      },
      "elevenlabs:index:WorkspaceSecrets": {
        description: COMPONENT_DOCS,
        isComponent: true,
        inputProperties: { ...COMPONENT_INPUTS, ...sharedInputs(inputs) },
        properties: COMPONENT_OUTPUTS,
        required: Object.keys(COMPONENT_OUTPUTS),
      },
    },
    functions: FUNCTIONS,
  };
}

function inputProperty({ name, docs, defaultText, accepts, isSecret, onChange }) {
  const type = accepts === "list" ? { type: "array", items: any } : text;
  return {
    ...type,
    description: description(docs, defaultText),
    ...(isSecret ? { secret: true } : {}),
    ...(onChange === "replace" ? { willReplaceOnChanges: true } : {}),
    ...(name === "value" ? { language: { csharp: { name: "SecretValue" } } } : {}),
  };
}

/** The inputs of one secret that apply to all secrets of a component. */
function sharedInputs(inputs) {
  const shared = inputs.filter(({ isOfOneSecret }) => !isOfOneSecret);
  return Object.fromEntries(
    shared.map((input) => {
      const { willReplaceOnChanges: _, ...property } = inputProperty(input);
      return [input.name, property];
    }),
  );
}

function configProperty({ docs, defaultText, accepts, isWhole, isSecret }) {
  const types = {
    text,
    number: { type: isWhole ? "integer" : "number" },
    workspaces: { type: "object", additionalProperties: { $ref: "#/types/elevenlabs:index:WorkspaceSettings" } },
  };
  return { ...types[accepts], ...(isSecret ? { secret: true } : {}), description: description(docs, defaultText) };
}

function description(docs, defaultText) {
  return [docs, defaultText && `Default: ${defaultText}.`].filter(Boolean).join("\n\n");
}

const settings = await declaredSettings(root);

const TYPES = {
  "elevenlabs:index:WorkspaceSettings": {
    type: "object",
    description: "How to reach another workspace.",
    properties: Object.fromEntries(
      settings
        .filter(({ accepts }) => accepts === "text")
        .map(({ name, docs, isSecret }) => [
          name,
          { ...text, ...(isSecret ? { secret: true } : {}), description: docs },
        ]),
    ),
  },
  "elevenlabs:index:FoundSecret": {
    type: "object",
    description: "A secret of a workspace, without its value: the API never returns one.",
    properties: {
      secretId: { ...text, description: "The id of the secret." },
      name: { ...text, description: "The name of the secret." },
    },
    required: ["secretId", "name"],
  },
  "elevenlabs:index:SecretDependent": {
    type: "object",
    description: "A resource that uses a secret, such as an agent or a tool.",
    properties: {
      kind: {
        ...text,
        description: "`agents`, `tools`, `phone_numbers`, `mcp_servers` or `others`: the API's name for this kind.",
      },
      id: { ...text, description: "Missing for `others`." },
      name: {
        ...text,
        description:
          "Missing if the key has no access to the dependent. For `others`, the string that the API returns.",
      },
    },
    required: ["kind"],
  },
};

const OUTPUTS = {
  secretId: { ...text, description: "The secret's id, by which agents and tools refer to it." },
  name: { ...text, description: "The secret's name in the workspace." },
  workspace: {
    ...text,
    description: 'The configured workspace that has the secret. `"default"` is the workspace of the top-level config.',
  },
  endpoint: {
    ...text,
    description: "The base URL of the API that has the secret, such as `https://api.elevenlabs.io`.",
  },
};

const COMPONENT_INPUTS = {
  secrets: {
    type: "object",
    additionalProperties: text,
    secret: true,
    description:
      "Maps keys to values. The values are always encrypted in the state. If you remove a key, its secret is deleted.\n\nDefault: the object `secrets` in the config of the project.",
  },
  prefix: {
    ...text,
    plain: true,
    description:
      'Added before each key to form the name of the secret. A new prefix replaces the secrets, unless `onNameChange` is `"rename"`.\n\nDefault: an empty string.',
  },
  aliases: {
    type: "object",
    additionalProperties: { ...text, plain: true },
    plain: true,
    description:
      "Maps a key to the URN of the resource that managed the secret before, such as a `WorkspaceSecret`. The secret keeps its id.",
  },
};

const COMPONENT_OUTPUTS = {
  secretIds: {
    type: "object",
    additionalProperties: text,
    description: "The ids of the secrets, by their names in the workspace, including the prefix.",
  },
};

const workspaceInput = {
  ...text,
  description: "A name in `workspaces`. Default: the workspace of the top-level config.",
};

const FUNCTIONS = {
  "elevenlabs:index:getWorkspaceSecret": {
    description:
      "Look up one secret by id or by exact name. Fails if there is no such secret, or if several secrets have the name.",
    inputs: {
      type: "object",
      properties: {
        secretId: { ...text, description: "The id of the secret." },
        name: { ...text, description: "The exact name of the secret." },
        workspace: workspaceInput,
      },
    },
    outputs: TYPES["elevenlabs:index:FoundSecret"],
  },
  "elevenlabs:index:listWorkspaceSecrets": {
    description: "List the secrets of a workspace, across all pages.",
    inputs: {
      type: "object",
      properties: {
        prefix: { ...text, description: "Only secrets whose names start with this. Default: all." },
        workspace: workspaceInput,
      },
    },
    outputs: {
      type: "object",
      properties: {
        secrets: {
          type: "array",
          items: { $ref: "#/types/elevenlabs:index:FoundSecret" },
          description: "The secrets, without their values.",
        },
      },
      required: ["secrets"],
    },
  },
  "elevenlabs:index:getSecretDependents": {
    description: "List everything that uses a secret, across all pages. These dependents prevent a delete.",
    inputs: {
      type: "object",
      properties: { secretId: { ...text, description: "The id of the secret." }, workspace: workspaceInput },
      required: ["secretId"],
    },
    outputs: {
      type: "object",
      properties: {
        dependents: {
          type: "array",
          items: { $ref: "#/types/elevenlabs:index:SecretDependent" },
          description: "Everything that uses the secret.",
        },
      },
      required: ["dependents"],
    },
  },
};

const COMPONENT_DOCS = `One \`WorkspaceSecret\` for each key of an object, usually from config.

{{% examples %}}
## Example Usage
{{% example %}}
### Every secret of the config

\`\`\`yaml
config:
  secrets:
    type: object
    secret: true
resources:
  workspace:
    type: elevenlabs:WorkspaceSecrets
    properties:
      secrets: \${secrets}
      prefix: \${pulumi.stack}_
outputs:
  secretIds: \${workspace.secretIds}
\`\`\`
\`\`\`typescript
import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecrets } from "pulumi-elevenlabs/native";

const workspace = new WorkspaceSecrets("workspace", { prefix: \`\${pulumi.getStack()}_\` });
export const secretIds = workspace.secretIds;
\`\`\`
\`\`\`python
import pulumi
import pulumi_elevenlabs as elevenlabs

workspace = elevenlabs.WorkspaceSecrets("workspace", prefix=f"{pulumi.get_stack()}_")
pulumi.export("secretIds", workspace.secret_ids)
\`\`\`
\`\`\`go
package main

import (
	"example.com/pulumi-elevenlabs/sdk/go/elevenlabs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		workspace, err := elevenlabs.NewWorkspaceSecrets(ctx, "workspace", &elevenlabs.WorkspaceSecretsArgs{
			Prefix: pulumi.StringRef(ctx.Stack() + "_"),
		})
		if err != nil {
			return err
		}
		ctx.Export("secretIds", workspace.SecretIds)
		return nil
	})
}
\`\`\`
{{% /example %}}
{{% /examples %}}
`;

const RESOURCE_DOCS = `A secret of an ElevenLabs workspace, such as a token that an agent's tool sends to your CRM.

The API never returns the value, so Pulumi can't detect that someone changed it by hand. Change \`triggers\` to push it again.

{{% examples %}}
## Example Usage
{{% example %}}
### A secret from Pulumi config

\`\`\`yaml
resources:
  token:
    type: elevenlabs:WorkspaceSecret
    properties:
      name: CRM_TOKEN
      value: \${crmToken}
outputs:
  tokenId: \${token.secretId}
\`\`\`
\`\`\`typescript
import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecret } from "pulumi-elevenlabs/native";

const config = new pulumi.Config();
const token = new WorkspaceSecret("CRM_TOKEN", { value: config.requireSecret("crmToken") });
export const tokenId = token.secretId;
\`\`\`
\`\`\`python
import pulumi
import pulumi_elevenlabs as elevenlabs

config = pulumi.Config()
token = elevenlabs.WorkspaceSecret("CRM_TOKEN", value=config.require_secret("crmToken"))
pulumi.export("tokenId", token.secret_id)
\`\`\`
\`\`\`go
package main

import (
	"example.com/pulumi-elevenlabs/sdk/go/elevenlabs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		token, err := elevenlabs.NewWorkspaceSecret(ctx, "CRM_TOKEN", &elevenlabs.WorkspaceSecretArgs{
			Value: config.New(ctx, "").RequireSecret("crmToken"),
		})
		if err != nil {
			return err
		}
		ctx.Export("tokenId", token.SecretId)
		return nil
	})
}
\`\`\`
{{% /example %}}
{{% /examples %}}

## Import

By the secret's id or name:

\`\`\`sh
pulumi import elevenlabs:index:WorkspaceSecret crmToken CRM_TOKEN
\`\`\`
`;

const file = `${root}/schema.json`;
const written = `${JSON.stringify(await schemaOf(), undefined, 2)}\n`;
if (process.argv.includes("--check")) {
  if ((await readFile(file, "utf8")) !== written) {
    process.stderr.write("schema.json differs from the declared inputs: run  npm run schema\n");
    process.exitCode = 1;
  }
} else await writeFile(file, written);
