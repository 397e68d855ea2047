import * as pulumi from "@pulumi/pulumi";
import { pluginOptions } from "./pluginOptions.js";

/** The config of an explicit {@link Provider}. What is left out comes from the environment, not from the stack's config. */
export interface ProviderArgs {
  /** The API key of the workspace. Always kept secret. Default: the environment variable `ELEVENLABS_API_KEY`. */
  apiKey?: pulumi.Input<string> | undefined;
  /** `global`, `us`, `eu`, `in` or `sg`. Default: the environment variable `ELEVENLABS_REGION`, or `global`. */
  region?: pulumi.Input<string> | undefined;
  /**
   * Another base URL of the API, such as that of a gateway: `https`, or `http` on a loopback address only. Default: the
   * environment variable `ELEVENLABS_BASE_URL`, or the URL of the region.
   */
  baseUrl?: pulumi.Input<string> | undefined;
  /** How long to wait for an answer, in seconds. Default: 30. */
  timeoutSeconds?: pulumi.Input<number> | undefined;
  /** How often a failed request is repeated. Default: 4. */
  maxRetries?: pulumi.Input<number> | undefined;
  /** How many requests may run at a time. Default: 16. */
  maxConcurrency?: pulumi.Input<number> | undefined;
  /** More workspaces by name, for the argument `workspace` of a secret. Always kept secret. */
  workspaces?: pulumi.Input<Record<string, pulumi.Input<WorkspaceSettings>>> | undefined;
}

/** How to reach another workspace. */
export interface WorkspaceSettings {
  apiKey?: pulumi.Input<string> | undefined;
  region?: pulumi.Input<string> | undefined;
  baseUrl?: pulumi.Input<string> | undefined;
}

/**
 * An explicit provider: one ElevenLabs workspace with a key of its own. A change of its config never replaces a secret.
 *
 * @example
 * ```ts
 * const eu = new Provider("eu", { apiKey: config.requireSecret("euKey"), region: "eu" });
 * new WorkspaceSecret("CRM_TOKEN", { value: config.requireSecret("crmToken") }, { provider: eu });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, opts: pulumi.ResourceOptions = {}) {
    const { apiKey, workspaces, region, baseUrl, ...numbers } = args;
    const inputs = {
      region,
      baseUrl,
      ...Object.fromEntries(Object.entries(numbers).map(([key, given]) => [key, asText(given)])),
      // Pulumi's SDK prints the inputs of a provider at `--debug`, unless they are secrets.
      apiKey: asSecret(apiKey),
      workspaces: asSecret(asText(workspaces)),
    };
    super("elevenlabs", name, inputs, pulumi.mergeOptions(pluginOptions(), opts));
  }
}

/** The engine's protocol takes the config of a provider as texts. */
function asText(given: unknown): pulumi.Output<string> | undefined {
  return given === undefined ? undefined : pulumi.output(given).apply((known) => JSON.stringify(known));
}

function asSecret(given: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return given === undefined ? undefined : pulumi.secret(given);
}
