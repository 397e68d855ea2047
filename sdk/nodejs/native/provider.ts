import * as pulumi from "@pulumi/pulumi";
import {
  declarationOf,
  type NumberSetting,
  type SETTINGS,
  type WorkspaceSetting,
} from "../../../provider/workspaces/declaredSettings.js";
import { pluginOptions } from "./pluginOptions.js";

type Settings = typeof SETTINGS;

/** The settings of another workspace. */
export type WorkspaceSettings = {
  -readonly [Name in keyof Pick<Settings, WorkspaceSetting>]?: pulumi.Input<string> | undefined;
};

/**
 * The config of an explicit {@link Provider}. Settings that you omit come from the environment, not from the stack's config. The API
 * key and `workspaces` are always kept secret.
 */
export type ProviderArgs = {
  -readonly [Name in keyof Settings]?:
    | pulumi.Input<
        Name extends WorkspaceSetting
          ? string
          : Name extends NumberSetting
            ? number
            : Record<string, pulumi.Input<WorkspaceSettings>>
      >
    | undefined;
};

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
    const inputs = Object.fromEntries(Object.entries(args).map(([key, given]) => [key, inputOf(key, given)]));
    super("elevenlabs", name, inputs, pulumi.mergeOptions(pluginOptions(), opts));
  }
}

/** In the engine's protocol, each config value of a provider is a string. */
function inputOf(key: string, given: unknown): pulumi.Input<unknown> {
  if (given === undefined) return undefined;
  const declaration = declarationOf(key);
  const text = declaration?.accepts === "text" ? given : pulumi.output(given).apply((known) => JSON.stringify(known));
  // At `--debug`, Pulumi's SDK prints the inputs of a provider, unless they are secrets.
  return declaration?.isSecret ? pulumi.secret(text) : text;
}
