import * as pulumi from "@pulumi/pulumi";
import { plannedSecrets } from "../../provider/component/plannedSecrets.js";
import { prefixNotPlain } from "../../provider/component/wording.js";
import type { Action } from "../../provider/messages/problem.js";
import { programError } from "./programError.js";
import type { WorkspaceSecretArgs } from "./secretResource.js";
import { secretsFromConfig } from "./secretsFromConfig.js";
import { secretsNotPlain } from "./wording.js";

/** The arguments of `WorkspaceSecrets`. `onExisting` and the other settings of one secret apply to all of them. */
export interface WorkspaceSecretsArgs extends Omit<WorkspaceSecretArgs, "name" | "value" | "existingId"> {
  /**
   * Maps keys to values. The keys must be plain strings, so that a preview can show them. The values are always kept secret.
   * If you remove a key, its secret is deleted.
   * @default the object under `secrets` in the program's config, as `secretsFromConfig` reads it
   */
  secrets?: Record<string, pulumi.Input<string>> | undefined;
  /**
   * Added before each key to form the secret's name. A new prefix replaces the secrets, unless `onNameChange` is `"rename"`.
   * @default ""
   */
  prefix?: string | undefined;
  /**
   * Maps a key to the URN of the resource that managed the secret before, such as a `WorkspaceSecret`. The secret keeps its id.
   */
  aliases?: Record<string, string> | undefined;
}

/** The class of the secrets, from the SDK of the dynamic provider or of the plugin. */
export type SecretClass<Secret> = new (
  name: string,
  args: WorkspaceSecretArgs,
  opts: pulumi.CustomResourceOptions,
) => Secret;

/** The value for each key, and the settings that all secrets share. Throws if the arguments are invalid, before any registration. */
export function planSecrets(name: string, args: WorkspaceSecretsArgs) {
  const { secrets: given, prefix = "", aliases = {}, ...shared } = args;
  const action: Action = { step: "declare WorkspaceSecrets", name };
  if (typeof prefix !== "string") throw programError(prefixNotPlain({}, action));
  if (given !== undefined && !isPlainObject(given)) throw programError(secretsNotPlain({}, action));
  return { values: given ?? secretsFromConfig(), prefix, aliases, shared };
}

/** Creates the secrets as children of a component. Every secret gets the `aliases`. */
export function createSecrets<Secret extends { secretId: pulumi.Output<string> }>(
  Secret: SecretClass<Secret>,
  { name, parent, aliases: ofAll = [] }: { name: string; parent: pulumi.ComponentResource; aliases?: pulumi.Alias[] },
  { values, prefix, aliases, shared }: ReturnType<typeof planSecrets>,
) {
  const planned = plannedSecrets(name, Object.keys(values), { prefix, aliases });
  const made = planned.map(({ key, logicalName, name, aliases }) => {
    const secret = new Secret(
      logicalName,
      { ...shared, name, value: values[key] as pulumi.Input<string> },
      { parent, aliases: [...ofAll, ...aliases] },
    );
    return { key, name, secret };
  });
  const secrets = Object.fromEntries(made.map(({ key, secret }) => [key, secret]));
  const ids = Object.fromEntries(made.map(({ name, secret }) => [name, secret.secretId]));
  return { secrets, secretIds: pulumi.output(ids) };
}

/** Refuse a promise or a `Map`: it would look like an object without keys, and all secrets would be deleted. */
function isPlainObject(secrets: unknown): boolean {
  return Object.prototype.toString.call(secrets) === "[object Object]" && !pulumi.Output.isInstance(secrets);
}
