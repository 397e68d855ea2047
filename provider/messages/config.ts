import type { BaseUrlFault } from "../api/endpoint.js";
import type { ProxyFault } from "../api/proxy/route.js";
import { type ConfigPath, configPath } from "../pulumi/configPath.js";
import { quoted, sanitized } from "../text/sanitize.js";
import { DEFAULT_WORKSPACE, workspaceSettingPath } from "../workspaces/names.js";
import type { ConfigFault, SettingPlace } from "../workspaces/settings.js";
import { configPathText, removeConfig, setConfig, WITH_PROGRAM } from "./commands.js";
import { type Explanation, problem, type Reader } from "./problem.js";
import { fileText, removalText } from "./projectFile.js";
import { commandFor, didYouMean, listText } from "./text.js";

function explainFault(fault: ConfigFault, reader: Reader): Explanation {
  switch (fault.kind) {
    case "number-out-of-range": {
      const { key, given, isWhole, isZeroAllowed } = fault;
      const expected = `${isWhole ? "a whole number" : "a number"}${isZeroAllowed ? ", 0 or more" : " above 0"}`;
      const command = setConfig(configPath(`elevenlabs:${key}`), { secret: false, value: String(fault.default) });
      return [
        `elevenlabs:${key} is ${quoted(given)}, but must be ${expected}`,
        `Set it: ${commandFor(reader, command)}`,
      ];
    }
    case "setting-unknown": {
      const { key, known } = fault;
      return [
        `elevenlabs:${sanitized(key)} is not a setting${didYouMean(key, known)}`,
        `Remove it: ${commandFor(reader, removeConfig(configPath(`elevenlabs:${key}`)))}`,
        `Settings: ${known.join(", ")}`,
      ];
    }
    case "default-workspace-described":
      return [
        `elevenlabs:workspaces contains a workspace named ${quoted(DEFAULT_WORKSPACE)}, a name reserved for the top-level config`,
        "Rename that workspace, or set elevenlabs:apiKey, elevenlabs:region and elevenlabs:baseUrl instead.",
      ];
    case "workspace-unknown": {
      const command = setConfig(workspaceSettingPath(fault.name, "apiKey"), { secret: true });
      return [
        `no workspace is named ${quoted(fault.name)} (configured: ${listText(fault.known)})`,
        `Add it: ${commandFor(reader, command)}`,
      ];
    }
    case "workspaces-malformed": {
      const command = setConfig(workspaceSettingPath("NAME", "apiKey"), { secret: true });
      const place = fault.place === undefined ? "" : ` (see ${quoted(fault.place)})`;
      return [
        `elevenlabs:workspaces must be an object {NAME: {apiKey, region, baseUrl}}${place}`,
        `Set it by path: ${commandFor(reader, command)}`,
      ];
    }
    case "base-url-of-environment": {
      const { workspace } = fault;
      const command = setConfig(workspaceSettingPath(workspace, "baseUrl"), { secret: false, value: "URL" });
      return [
        `ELEVENLABS_BASE_URL is set, but applies only to the default workspace, so requests for workspace ${quoted(workspace)} would be sent to the real ElevenLabs API`,
        `Set the base URL of the workspace: ${commandFor(reader, command)}`,
        "Or unset ELEVENLABS_BASE_URL.",
      ];
    }
    case "region-unknown": {
      const { place, given, known } = fault;
      const next =
        "variable" in place
          ? "Set it to one of them, or unset it to use the global region."
          : `Set it: ${commandFor(reader, setConfig(place.config, { secret: false, value: "global" }))}`;
      return [`${placeText(place)} is ${quoted(given)}, but must be one of ${known.join(", ")}`, next];
    }
    case "base-url-invalid": {
      const { place } = fault;
      const next =
        "variable" in place
          ? "Correct it, or unset it to use the region's base URL."
          : `Correct it, or remove it to use the region's base URL: ${commandFor(reader, removeConfig(place.config))}`;
      return [`${placeText(place)} ${BASE_URL_TEXTS[fault.fault]}`, next];
    }
    case "proxy-invalid":
      return [`${fault.variable} ${PROXY_TEXTS[fault.fault]}`, ...PROXY_ADVICE[fault.fault]];
  }
}

/** The same, for the config of an explicit provider: it is in the program, and not in the stack's config. */
export function explainFaultOf(provider: string | undefined, fault: ConfigFault, reader: Reader): Explanation {
  const [why, ...next] = explainFault(fault, reader);
  if (provider === undefined || isOfEnvironment(fault)) return [why, ...next];
  const verb = fault.kind === "workspace-unknown" ? "Add it to workspaces" : "Correct it";
  return [why, `${verb} in the arguments of provider ${quoted(provider)} in the program.`];
}

/** Whether an environment variable has the fault. */
function isOfEnvironment(fault: ConfigFault): boolean {
  if (fault.kind === "region-unknown" || fault.kind === "base-url-invalid") return "variable" in fault.place;
  return fault.kind === "proxy-invalid";
}

const BASE_URL_TEXTS: Record<BaseUrlFault, string> = {
  "not-a-url": "is not a URL, such as https://api.elevenlabs.io",
  "has-credentials": "must not contain a user name or a password",
  "has-query": "must not contain a query or a fragment",
  "not-https": "must use https (http is allowed only for a loopback address), because requests contain the API key",
  "has-path-of-vendor": "must not have a path, because ElevenLabs' own API is at the root",
  "has-path-of-api": "must end before /v1, because each request adds its own path, such as /v1/convai/secrets",
};

const PROXY_TEXTS: Record<ProxyFault, string> = {
  malformed: "is not the URL of a proxy, such as http://USER:PASSWORD@proxy.example:3128",
  "not-http": "must be the URL of an HTTP proxy, starting with http:// or https://",
};

const PROXY_ADVICE: Record<ProxyFault, string[]> = {
  malformed: ["Correct it. In a user name or password, encode special characters, such as %23 for #."],
  "not-http": ["Set it to an HTTP proxy, or add the host of the API to NO_PROXY to call it directly."],
};

export interface InvalidConfig {
  faults: ConfigFault[];
  /** The name of the explicit provider that has the config. */
  provider?: string | undefined;
  /** Whether the config may be from the last update, as in a refresh or destroy without the program. */
  configMayBeStale?: boolean;
}

export function explainFaults({ faults, provider, configMayBeStale }: InvalidConfig, reader: Reader): Explanation {
  const explanations = faults.map((fault) => explainFaultOf(provider, fault, reader));
  const advice = explanations.length === 1 ? explanations.flatMap(([, ...next]) => next) : ["Correct each setting."];
  const then = configMayBeStale
    ? [`Then ${WITH_PROGRAM}.`]
    : explanations.length > 1
      ? ["Then run the command again."]
      : [];
  return [explanations.map(([why]) => why).join("; "), ...advice.slice(0, 2 - then.length), ...then];
}

/**
 * If the key is a setting of your program, use another namespace: a program may use `elevenlabs:` only if its project
 * has this name.
 *
 * `ELEVENLABS_BASE_URL` applies only to the default workspace. For other workspaces, set
 * `elevenlabs:workspaces.NAME.baseUrl`.
 *
 * To destroy the secrets of a workspace that you removed from the config, add it back and run
 * `pulumi destroy --run-program`.
 */
export const invalidConfig = problem("invalid-config", explainFaults);

function placeText(place: SettingPlace): string {
  return "variable" in place ? place.variable : configPathText(place.config);
}

export interface PlainKey {
  path: ConfigPath;
  isInState: boolean;
  isInProject?: boolean | undefined;
}

const NEW_KEY = "Treat the old key as compromised, and set a new key as a secret";

/**
 * The key would be readable in the file and in the state. `Pulumi.yaml` can't encrypt.
 *
 * With `--config-file`, a plain key in an `elevenlabs:workspaces` that also has secret values isn't found: Pulumi doesn't
 * tell a program which file it uses. Set `PULUMI_OPTION_CONFIG_FILE` instead, which has the same effect.
 */
export const plainApiKey = problem("plain-api-key", ({ path, isInState, isInProject }: PlainKey, reader) => [
  `${configPathText(path)} is set in plain text: ${fileText(isInProject)} shows it${isInState ? ", and the state would too" : ""}`,
  `${NEW_KEY}: ${commandFor(reader, setConfig(path, { secret: true }))}`,
  ...(isInProject ? [removalText(configPathText(path))] : []),
]);

/**
 * If the keys were in `Pulumi.yaml`, set everything for the stack: the stack's object [hides the object in
 * `Pulumi.yaml`](#config-in-project).
 */
export const plainApiKeys = problem(
  "plain-api-keys",
  ({ isInProject }: { isInProject?: boolean | undefined }, reader) => {
    const path = workspaceSettingPath("NAME", "apiKey");
    return [
      `elevenlabs:workspaces has API keys in plain text: ${fileText(isInProject)} shows them, and the state would too`,
      `${NEW_KEY}: ${commandFor(reader, setConfig(path, { secret: true }))}`,
      ...(isInProject
        ? [`Do this for each workspace, and also set its region and baseUrl. ${removalText(path.key)}`]
        : []),
    ];
  },
);
