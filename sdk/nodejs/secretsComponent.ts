import * as pulumi from "@pulumi/pulumi";
import type { Attempt } from "../../provider/messages/attempts.js";
import { programError } from "./programError.js";
import type { SecretResource, WorkspaceSecretArgs } from "./secretResource.js";
import { secretsFromConfig } from "./secretsFromConfig.js";

/** The arguments of `WorkspaceSecrets`. `onExisting` and the other settings of one secret apply to all of them. */
export interface WorkspaceSecretsArgs extends Omit<WorkspaceSecretArgs, "name" | "value" | "existingId"> {
  /**
   * The values by key. The keys must be plain, so that a preview can show them. The values are always kept secret. If you
   * remove a key, its secret is deleted.
   * @default the object under `secrets` in the program's config, as `secretsFromConfig` reads it
   */
  secrets?: Record<string, pulumi.Input<string>> | undefined;
  /**
   * Added before each key to make the secret's name. A change replaces the secrets, unless `onNameChange` is `"rename"`.
   * @default ""
   */
  prefix?: string | undefined;
}

/** The class of the secrets: that of the dynamic provider, or that of the plugin. */
export type SecretClass<Secret> = new (
  name: string,
  args: WorkspaceSecretArgs,
  opts: pulumi.CustomResourceOptions,
) => Secret;

/** One secret for each key of an object, usually from config. */
export class SecretsComponent<Secret extends SecretResource> extends pulumi.ComponentResource {
  /** The resources by the keys of the argument `secrets`: `secrets.CRM_TOKEN`. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** The ids of the secrets by their names in the workspace, which include the prefix: `secretIds.dev_CRM_TOKEN`. */
  readonly secretIds: pulumi.Output<Record<string, string>>;

  /** @internal */
  constructor(
    Secret: SecretClass<Secret>,
    {
      name,
      args,
      opts,
    }: { name: string; args: WorkspaceSecretsArgs; opts?: pulumi.ComponentResourceOptions | undefined },
  ) {
    const { secrets: given, prefix = "", ...shared } = args;
    const attempt: Attempt = { step: "declareSecrets", name };
    if (typeof prefix !== "string") throw programError("prefix-not-plain", {}, attempt);
    if (given !== undefined && !isPlainObject(given)) throw programError("secrets-not-plain", {}, attempt);
    const values = given ?? secretsFromConfig();
    super("elevenlabs:index:WorkspaceSecrets", name, {}, opts);
    this.secrets = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        new Secret(`${name}-${key}`, { ...shared, name: prefix + key, value }, { parent: this }),
      ]),
    );
    this.secretIds = pulumi.output(
      Object.fromEntries(Object.entries(this.secrets).map(([key, secret]) => [prefix + key, secret.secretId])),
    );
    this.registerOutputs({ secretIds: this.secretIds });
  }
}

/** A promise or a `Map` isn't one: it would look like an object without keys, and all secrets would be deleted. */
function isPlainObject(secrets: unknown): boolean {
  return Object.prototype.toString.call(secrets) === "[object Object]" && !pulumi.Output.isInstance(secrets);
}
