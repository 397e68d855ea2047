import * as pulumi from "@pulumi/pulumi";
import { secretsFromConfig } from "./secretsFromConfig.js";
import { WorkspaceSecret, type WorkspaceSecretArgs } from "./workspaceSecret.js";

/** The arguments of {@link WorkspaceSecrets}. What goes for one secret (`onExisting` and so on) goes for all of them. */
export interface WorkspaceSecretsArgs extends Omit<WorkspaceSecretArgs, "name" | "value" | "existingId"> {
  /**
   * The values by key. The keys must be plain, so that a preview can show them; the values are kept secret in any case.
   * Removing a key deletes that secret.
   * @default the object under `secrets` in the program's config, as {@link secretsFromConfig} reads it
   */
  secrets?: Record<string, pulumi.Input<string>> | undefined;
  /**
   * Put before each key to make the secret's name. A change replaces the secrets, unless `onNameChange` is `"rename"`.
   * @default ""
   */
  prefix?: string | undefined;
}

/**
 * One {@link WorkspaceSecret} for each key of an object, usually from config.
 *
 * @example
 * ```ts
 * // pulumi config set --secret --path 'secrets.CRM_TOKEN'
 * const secrets = new WorkspaceSecrets("secrets", { prefix: `${pulumi.getStack()}_` });
 * export const secretIds = secrets.secretIds;
 * ```
 */
export class WorkspaceSecrets extends pulumi.ComponentResource {
  /** The resources by key, as `secrets` of the arguments has them: `secrets.CRM_TOKEN`. */
  readonly secrets: Readonly<Record<string, WorkspaceSecret>>;
  /** The secrets' ids by their names in the workspace, with the prefix: `secretIds.dev_CRM_TOKEN`. */
  readonly secretIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: WorkspaceSecretsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { secrets: given, prefix = "", ...shared } = args;
    if (typeof prefix !== "string") {
      throw new pulumi.RunError(
        `WorkspaceSecrets "${name}": prefix must be a plain string, so that a preview can show the names.\n` +
          'Take it from what is known at once, as  pulumi.getStack()  or  new pulumi.Config().get("prefix")',
      );
    }
    const values = given === undefined ? secretsFromConfig() : checked(name, given);
    super("elevenlabs:index:WorkspaceSecrets", name, {}, opts);
    this.secrets = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        new WorkspaceSecret(`${name}-${key}`, { ...shared, name: prefix + key, value }, { parent: this }),
      ]),
    );
    this.secretIds = pulumi.output(
      Object.fromEntries(Object.entries(this.secrets).map(([key, secret]) => [prefix + key, secret.secretId])),
    );
    this.registerOutputs({ secretIds: this.secretIds });
  }
}

function checked(name: string, secrets: unknown): Record<string, pulumi.Input<string>> {
  // A promise or a map would pass for an object without keys, and so delete everything.
  const isPlain = Object.prototype.toString.call(secrets) === "[object Object]" && !pulumi.Output.isInstance(secrets);
  if (isPlain) return secrets as Record<string, pulumi.Input<string>>;
  throw new pulumi.RunError(
    `WorkspaceSecrets "${name}": secrets must be an object of values by key, with plain keys.\n` +
      'Use  secretsFromConfig("KEY")  for an object in config: it keeps the keys plain and the values secret.',
  );
}
