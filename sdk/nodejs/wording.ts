import { configPathText, pulumiUp, refreshConfig, removeConfig, setConfig } from "../../provider/messages/commands.js";
import { problem, type Reader, warning } from "../../provider/messages/problem.js";
import { fileText, moveFromProject, removalText } from "../../provider/messages/projectFile.js";
import { commandFor, listText } from "../../provider/messages/text.js";
import { type ConfigPath, configPath } from "../../provider/pulumi/configPath.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import { workspaceSettingPath } from "../../provider/workspaces/names.js";
import type { ConfigEntryFault } from "./secretsFromConfig.js";
import type { LostTrigger } from "./triggers.js";

export interface InvalidEntries {
  key: string;
  faults: ConfigEntryFault[];
  isInProject?: boolean | undefined;
}

export interface PlainKey {
  path: ConfigPath;
  isInState: boolean;
  isInProject?: boolean | undefined;
}

const NEW_KEY = "Treat the old key as compromised, and set a new key as a secret";

// Problems that are found before the engine calls the provider.

/** Pulumi can't import dynamic resources. The [native plugin](plugin.md) can import a secret. */
export const importUnsupported = problem("import-unsupported", ({ id }: { id: string }) => ({
  why: "dynamic resources cannot be imported",
  next: [`Remove the import option, and set existingId: ${quoted(id)} in the arguments to adopt that secret.`],
}));

/** The key would be readable in the file and in the state. `Pulumi.yaml` can't encrypt. */
export const plainApiKey = problem("plain-api-key", ({ path, isInState, isInProject }: PlainKey, reader) => ({
  why: `${configPathText(path)} is set in plain text: ${fileText(isInProject)} shows it${isInState ? ", and the state would too" : ""}`,
  next: [
    `${NEW_KEY}: ${commandFor(reader, setConfig(path, { secret: true }))}`,
    ...(isInProject ? [removalText(configPathText(path))] : []),
  ],
}));

/**
 * If the keys were in `Pulumi.yaml`, set everything for the stack: the stack's object [hides the object in
 * `Pulumi.yaml`](#config-in-project).
 */
export const plainApiKeys = problem(
  "plain-api-keys",
  ({ isInProject }: { isInProject?: boolean | undefined }, reader) => {
    const path = workspaceSettingPath("NAME", "apiKey");
    return {
      why: `elevenlabs:workspaces has API keys in plain text: ${fileText(isInProject)} shows them, and the state would too`,
      next: [
        `${NEW_KEY}: ${commandFor(reader, setConfig(path, { secret: true }))}`,
        ...(isInProject
          ? [`Do this for each workspace, and also set its region and baseUrl. ${removalText(path.key)}`]
          : []),
      ],
    };
  },
);

/**
 * - If the stack's file is missing, restore it from version control, or run `pulumi config refresh`, which writes the
 *   config of the last update.
 * - If the project was renamed, the config key still has the old name: use `secretsFromConfig("OLD_PROJECT:secrets")`,
 *   which the error shows.
 *
 * To have no secrets, set the key to `{}`.
 */
export const configMissing = problem(
  "config-missing",
  ({ key, otherKey }: { key: string; otherKey?: string }, reader) => ({
    why: otherKey === undefined ? "it is not set" : `it is not set, but ${sanitized(otherKey)} is`,
    next: [
      otherKey === undefined
        ? restoreAdvice(reader)
        : `To use ${sanitized(otherKey)}, set secrets: secretsFromConfig(${quoted(otherKey)})`,
      `If this stack has no secrets yet, set each secret: ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`,
    ],
  }),
);

export const configNotAnObject = problem(
  "config-not-an-object",
  ({ key, isInProject }: { key: string; isInProject?: boolean | undefined }, reader: Reader) => ({
    why: "it must be an object that maps names to values",
    next: [
      restoreAdvice(reader),
      isInProject
        ? `Otherwise, remove ${sanitized(key)} from Pulumi.yaml, then set each secret: ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`
        : `Otherwise, remove it, then set each secret: ${commandFor(reader, removeConfig(configPath(key)))} && ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`,
    ],
  }),
);

/** A value that you set with `--secret` is always a string, even if it looks like a number. */
export const configEntriesInvalid = problem(
  "config-entries-invalid",
  ({ key, faults, isInProject }: InvalidEntries, reader) => {
    if (isInProject) return { why: faults.map(entryText).join("; "), next: moveFromProject(key, [], reader) };
    const path = configPath(key, faults[0]?.name ?? "NAME");
    const areAllEmpty = faults.every(({ fault }) => fault === "empty" || fault === "blank");
    const next = areAllEmpty
      ? [
          `Set it: ${commandFor(reader, setConfig(path, { secret: true }))}`,
          `To remove this secret: ${commandFor(reader, removeConfig(path))}`,
        ]
      : [
          `Set each value with --secret, which always stores a string: ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`,
        ];
    return { why: faults.map(entryText).join("; "), next };
  },
);

/**
 * An inline program runs in the process of your script. The stack has another environment, with your `envVars`, so the
 * API key of the script could belong to another workspace.
 */
export const environmentUnknown = problem(
  "environment-unknown",
  ({ variable, path }: { variable: string; path: ConfigPath }) => ({
    why: `an inline program of the Automation API doesn't see the environment of its stack (envVars), so ${variable} isn't used`,
    next: [
      `Set it in the stack's config instead: await stack.setConfig("${path.key}", { value${path.key.endsWith("Key") ? ", secret: true" : ""} })`,
      "Or use the functions of pulumi-elevenlabs/native: they run in the plugin, which has that environment.",
    ],
  }),
);

/** The engine loads the provider from the program's folder. */
export const notADependency = problem(
  "not-a-dependency",
  ({ folder, packageJson }: { folder: string; packageJson: string }) => ({
    why: `pulumi-elevenlabs is not a dependency of the program in ${folder}, only of a library that it uses`,
    next: [`Add it to "dependencies" of ${packageJson}, with the library's version, and install again.`],
  }),
);

/**
 * A component in a separate process, such as a multi-language component, uses the dynamic provider. The engine looks
 * for it in the folder of the program, which doesn't have this package, for example because the program is written in
 * Python.
 *
 * In the component, import from `pulumi-elevenlabs/native`, and [give the program the plugin](plugin.md). Or, in a
 * Node.js program, add `pulumi-elevenlabs` to its own `dependencies`.
 */
export const componentRequiresPlugin = problem("component-requires-plugin", ({ folder }: { folder: string }) => ({
  why: `a component in another process declares it, and the program in ${folder} doesn't have pulumi-elevenlabs`,
  next: [
    'Import from "pulumi-elevenlabs/native" in the component: the plugin works for programs in every language.',
    "Then add the plugin elevenlabs to the Pulumi.yaml of the program.",
  ],
}));

/**
 * Inside an output, Pulumi replaces such a value with an empty object, so empty objects are also refused, unless a
 * resource returns them. Convert before you call `pulumi.output`. For an object that may really be empty, use
 * `output.apply(JSON.stringify)`.
 */
export const triggersLost = problem("triggers-lost", ({ lost }: { lost: LostTrigger[] }) => ({
  why: `${lost.map(lostTriggerText).join(", ")}, so Pulumi can't detect a change`,
  next: ["Use strings or numbers instead, such as date.toISOString() or the hash of a file."],
}));

export const prefixNotPlain = problem("prefix-not-plain", () => ({
  why: "prefix must be a plain string, so that a preview can show the names",
  next: [
    'Use a value that is known before the deployment, such as pulumi.getStack() or new pulumi.Config().get("prefix")',
  ],
}));

export const secretsNotPlain = problem("secrets-not-plain", () => ({
  why: "secrets must be a plain object that maps keys to values, not an output or a list",
  next: ['For an object in config, use secretsFromConfig("KEY"): it keeps the keys plain and the values secret.'],
}));

/** See [unit tests](testing.md). */
export const mockWithoutList = problem("mock-without-list", ({ property }: { property: string }) => ({
  why: `the mock returned no list of ${property}`,
  next: [`Return { ${property}: [] } (or more) from call() of pulumi.runtime.setMocks.`],
}));

/** `up` deletes each secret that the config lacks, so restoring the config is the first advice. */
function restoreAdvice(reader: Reader): string {
  return `If this stack already has secrets, restore its config, because "${commandFor(reader, pulumiUp())}" deletes every secret that the config lacks: ${commandFor(reader, refreshConfig())}`;
}

function entryText({ name, fault, given }: ConfigEntryFault): string {
  const texts = {
    "blank-name": "is not a valid name",
    "not-a-string": `is ${given}, not a string`,
    empty: "is empty",
    blank: "is blank",
  };
  return `${quoted(name)} ${texts[fault]}`;
}

function lostTriggerText({ place, given }: LostTrigger): string {
  const givenText = () => {
    if ("number" in given) return given.number;
    if ("type" in given) return `a ${given.type}`;
    if ("isEmptied" in given) return "an empty object (inside an output, a Date or a Map becomes an empty object)";
    return given.className === undefined ? "an instance of a class" : `an instance of ${sanitized(given.className)}`;
  };
  return `${sanitized(place)} is ${givenText()}`;
}

export interface PlainValues {
  key: string;
  names: string[];
  isInState: boolean;
  isInProject?: boolean | undefined;
}

/**
 * If the values were in `Pulumi.yaml`, set all new values before you run `pulumi up`: the first new value [hides all
 * values in `Pulumi.yaml`](#config-in-project).
 *
 * If the config has both secret and plain values, the provider finds the plain values only if it can find the config's
 * file: the stack's file, in the folder `stackConfigDir` if the project sets it. With `--config-file`, the provider
 * can't find the file. Set the variable `PULUMI_OPTION_CONFIG_FILE` instead, which has the same effect.
 */
export const plainValues = warning("plain-values", ({ key, names, isInState, isInProject }: PlainValues, reader) => {
  const path = configPath(key, names[0] ?? "NAME");
  const command = commandFor(reader, setConfig(path, { secret: true }));
  return {
    why: `Config ${key} has ${listText(names)} in plain text in ${fileText(isInProject)}${isInState ? " and in the state" : ""}`,
    next: isInProject
      ? moveFromProject(key, names, reader)
      : [`Treat the old values as compromised, and set new values: ${command}`],
  };
});
