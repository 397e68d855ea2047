import { pulumiUp, refreshConfig, removeConfig, setConfig } from "../messages/commands.js";
import { problem, type Reader, warning } from "../messages/problem.js";
import { fileText, moveFromProject } from "../messages/projectFile.js";
import { commandFor, listText } from "../messages/text.js";
import { configPath } from "../pulumi/configPath.js";
import { quoted, sanitized } from "../text/sanitize.js";
import type { ConfigEntryFault, PlainValues } from "./secretsInConfig.js";

export interface InvalidEntries {
  key: string;
  faults: ConfigEntryFault[];
  isInProject?: boolean | undefined;
}

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
  ({ key, otherKey }: { key: string; otherKey?: string }, reader) => [
    otherKey === undefined ? "it is not set" : `it is not set, but ${sanitized(otherKey)} is`,
    otherKey === undefined
      ? restoreAdvice(reader)
      : `To use ${sanitized(otherKey)}, set secrets: secretsFromConfig(${quoted(otherKey)})`,
    `If this stack has no secrets yet, set each secret: ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`,
  ],
);

export const configNotAnObject = problem(
  "config-not-an-object",
  ({ key, isInProject }: { key: string; isInProject?: boolean | undefined }, reader: Reader) => [
    "it must be an object that maps names to values",
    restoreAdvice(reader),
    isInProject
      ? `Otherwise, remove ${sanitized(key)} from Pulumi.yaml, then set each secret: ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`
      : `Otherwise, remove it, then set each secret: ${commandFor(reader, removeConfig(configPath(key)))} && ${commandFor(reader, setConfig(configPath(key, "NAME"), { secret: true }))}`,
  ],
);

/** A value that you set with `--secret` is always a string, even if it looks like a number. */
export const configEntriesInvalid = problem(
  "config-entries-invalid",
  ({ key, faults, isInProject }: InvalidEntries, reader) => {
    if (isInProject) return [faults.map(entryText).join("; "), ...moveFromProject(key, [], reader)];
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
    return [faults.map(entryText).join("; "), ...next];
  },
);

/**
 * If the values were in `Pulumi.yaml`, set all new values before you run `pulumi up`: the first new value [hides all
 * values in `Pulumi.yaml`](#config-in-project).
 *
 * If the config has both secret and plain values, the provider finds the plain values only if it can find the config's
 * file: the stack's file, in the folder `stackConfigDir` if the project sets it. With `--config-file`, the provider
 * can't find the file. Set the variable `PULUMI_OPTION_CONFIG_FILE` instead, which has the same effect.
 */
export const plainValues = warning("plain-values", ({ key, names, isInState, isInProject }: PlainValues, reader) => {
  const path = configPath(key, ...names.slice(0, 1));
  const command = commandFor(reader, setConfig(path, { secret: true }));
  return [
    `Config ${key} ${names.length > 0 ? `has ${listText(names)}` : "is"} in plain text in ${fileText(isInProject)}${isInState ? " and in the state" : ""}`,
    ...(isInProject
      ? moveFromProject(key, names, reader)
      : [`Treat the old values as compromised, and set new values: ${command}`]),
  ];
});

export const prefixNotPlain = problem("prefix-not-plain", () => [
  "prefix must be a plain string, so that a preview can show the names",
  "Use a value that is known before the deployment, such as the stack's name, or config that isn't secret.",
]);

/** `up` deletes each secret that the config lacks, so restoring the config is the first advice. */
function restoreAdvice(reader: Reader): string {
  return `If this stack already has secrets, restore its config, because "${commandFor(reader, pulumiUp())}" deletes every secret that the config lacks: ${commandFor(reader, refreshConfig())}`;
}

export function entryText({ name, fault, given }: ConfigEntryFault): string {
  const texts = {
    "blank-name": "is not a valid name",
    "not-a-string": `is ${given}, not a string`,
    empty: "is empty",
    blank: "is blank",
  };
  return `${quoted(name)} ${texts[fault]}`;
}
