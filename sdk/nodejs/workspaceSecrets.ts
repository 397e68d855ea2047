import * as pulumi from "@pulumi/pulumi";
import { COMPONENT_TYPE, NATIVE_TYPE } from "../../provider/hosts/typeTokens.js";
import { createSecrets, planSecrets, type WorkspaceSecretsArgs } from "./secretsComponent.js";
import { WorkspaceSecret } from "./workspaceSecret.js";

export type { WorkspaceSecretsArgs };

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
  /** The resources, by the keys of the argument `secrets`: `secrets.CRM_TOKEN`. */
  readonly secrets: Readonly<Record<string, WorkspaceSecret>>;
  /** The ids of the secrets, by their names in the workspace, including the prefix: `secretIds.dev_CRM_TOKEN`. */
  readonly secretIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: WorkspaceSecretsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const plan = planSecrets(name, args);
    super(COMPONENT_TYPE, name, {}, opts);
    // A program can't set the option `aliases` of these resources, and the plugin may have managed them before.
    const aliases = [{ type: NATIVE_TYPE }];
    const { secrets, secretIds } = createSecrets(WorkspaceSecret, { name, parent: this, aliases }, plan);
    this.secrets = secrets;
    this.secretIds = secretIds;
    this.registerOutputs({ secretIds });
  }
}
