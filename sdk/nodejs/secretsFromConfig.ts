import * as pulumi from "@pulumi/pulumi";
import { secretsInConfig } from "../../provider/component/secretsInConfig.js";
import { plainValues } from "../../provider/component/wording.js";
import { programConfig } from "./programConfig.js";
import { withProgramErrors } from "./programError.js";

/**
 * The object of secrets under a key of the program's config, with plain keys and secret values. Throws if it isn't set,
 * isn't an object, or has a value that isn't a string or is empty or blank. The error lists everything that is wrong.
 *
 * @param key The config key; without a namespace, it is one of the project. Default: `secrets`.
 *
 * @example
 * ```ts
 * // pulumi config set --secret --path 'crm.TOKEN'
 * new WorkspaceSecrets("crm", { secrets: secretsFromConfig("crm") });
 * ```
 */
export function secretsFromConfig(key = "secrets"): Record<string, pulumi.Output<string>> {
  const { values, plain } = withProgramErrors(() => secretsInConfig(key, programConfig));
  if (plain) pulumi.log.warn(plainValues(plain).text());
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pulumi.secret(value)]));
}
