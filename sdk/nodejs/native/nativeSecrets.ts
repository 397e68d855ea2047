import type * as pulumi from "@pulumi/pulumi";
import { SecretsComponent, type WorkspaceSecretsArgs } from "../secretsComponent.js";
import { WorkspaceSecret } from "./nativeSecret.js";

/**
 * One {@link WorkspaceSecret} of the plugin for each key of an object, usually from config. The option `provider` applies to
 * all of them.
 *
 * @example
 * ```ts
 * // pulumi config set --secret --path 'secrets.CRM_TOKEN'
 * const secrets = new WorkspaceSecrets("secrets", { prefix: `${pulumi.getStack()}_` });
 * export const secretIds = secrets.secretIds;
 * ```
 */
export class WorkspaceSecrets extends SecretsComponent<WorkspaceSecret> {
  constructor(name: string, args: WorkspaceSecretsArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super(WorkspaceSecret, { name, args, opts });
  }
}
