import * as pulumi from "@pulumi/pulumi";
import { pluginOptions } from "./pluginOptions.js";

/** The config of an explicit {@link Provider}. Settings that you omit come from the environment, not from the stack's config. */
export interface ProviderArgs {
  /** The API key of the workspace. Always kept secret. Default: the environment variable `ELEVENLABS_API_KEY`. */
  apiKey?: pulumi.Input<string> | undefined;
  /** `global`, `us`, `eu`, `in` or `sg`. Default: the environment variable `ELEVENLABS_REGION`, or `global`. */
  region?: pulumi.Input<string> | undefined;
  /**
   * Another base URL for the API, such as a gateway's URL: `https`, or `http` on a loopback address only. Default: the
   * environment variable `ELEVENLABS_BASE_URL`, or the region's URL.
   */
  baseUrl?: pulumi.Input<string> | undefined;
  /** How long to wait for a response, in seconds. Default: 30. */
  timeoutSeconds?: pulumi.Input<number> | undefined;
  /** How many times a failed request is retried. Default: 4. */
  maxRetries?: pulumi.Input<number> | undefined;
  /** How many requests may run at the same time. Default: 16. */
  maxConcurrency?: pulumi.Input<number> | undefined;
  /** Settings of more workspaces, under the names that the input `workspace` of a secret refers to. Always kept secret. */
  workspaces?: pulumi.Input<Record<string, pulumi.Input<WorkspaceSettings>>> | undefined;
}

/** The settings of another workspace. */
export interface WorkspaceSettings {
  apiKey?: pulumi.Input<string> | undefined;
  region?: pulumi.Input<string> | undefined;
  baseUrl?: pulumi.Input<string> | undefined;
}

/**
 * An explicit provider: one ElevenLabs workspace with a separate API key. If its config changes, no secret is replaced.
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
      // At `--debug`, Pulumi's SDK prints the inputs of a provider, unless they are secrets.
      apiKey: asSecret(apiKey),
      workspaces: asSecret(asText(workspaces)),
    };
    super("elevenlabs", name, inputs, pulumi.mergeOptions(pluginOptions(), opts));
  }
}

/** In the engine's protocol, each config value of a provider is a string. */
function asText(given: unknown): pulumi.Output<string> | undefined {
  return given === undefined ? undefined : pulumi.output(given).apply((known) => JSON.stringify(known));
}

function asSecret(given: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return given === undefined ? undefined : pulumi.secret(given);
}
