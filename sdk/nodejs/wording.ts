import { problem } from "../../provider/messages/problem.js";
import type { ConfigPath } from "../../provider/pulumi/configPath.js";
import { quoted, sanitized } from "../../provider/text/sanitize.js";
import type { LostTrigger } from "./triggers.js";

// Problems that are found before the engine calls the provider.

/** Pulumi can't import dynamic resources. The [native plugin](plugin.md) can import a secret. */
export const importUnsupported = problem("import-unsupported", ({ id }: { id: string }) => [
  "dynamic resources cannot be imported",
  `Remove the import option, and set existingId: ${quoted(id)} in the arguments to adopt that secret.`,
]);

/**
 * An inline program runs in the process of your script. The stack has another environment, with your `envVars`, so the
 * API key of the script could belong to another workspace.
 */
export const environmentUnknown = problem(
  "environment-unknown",
  ({ variable, path }: { variable: string; path: ConfigPath }) => [
    `an inline program of the Automation API doesn't see the environment of its stack (envVars), so ${variable} isn't used`,
    `Set it in the stack's config instead: await stack.setConfig("${path.key}", { value${path.key.endsWith("Key") ? ", secret: true" : ""} })`,
    "Or use the functions of pulumi-elevenlabs/native: they run in the plugin, which has that environment.",
  ],
);

/** The engine loads the provider from the program's folder. */
export const notADependency = problem(
  "not-a-dependency",
  ({ folder, packageJson }: { folder: string; packageJson: string }) => [
    `pulumi-elevenlabs is not a dependency of the program in ${folder}, only of a library that it uses`,
    `Add it to "dependencies" of ${packageJson}, with the library's version, and install again.`,
  ],
);

/**
 * A component in a separate process, such as a multi-language component, uses the dynamic provider. The engine looks
 * for it in the folder of the program, which doesn't have this package, for example because the program is written in
 * Python.
 *
 * In the component, import from `pulumi-elevenlabs/native`, and [give the program the plugin](plugin.md). Or, in a
 * Node.js program, add `pulumi-elevenlabs` to its own `dependencies`.
 */
export const componentRequiresPlugin = problem("component-requires-plugin", ({ folder }: { folder: string }) => [
  `a component in another process declares it, and the program in ${folder} doesn't have pulumi-elevenlabs`,
  'Import from "pulumi-elevenlabs/native" in the component: the plugin works for programs in every language.',
  "Then add the plugin elevenlabs to the Pulumi.yaml of the program.",
]);

/**
 * Inside an output, Pulumi replaces such a value with an empty object, so empty objects are also refused, unless a
 * resource returns them. Convert before you call `pulumi.output`. For an object that may really be empty, use
 * `output.apply(JSON.stringify)`.
 */
export const triggersLost = problem("triggers-lost", ({ lost }: { lost: LostTrigger[] }) => [
  `${lost.map(lostTriggerText).join(", ")}, so Pulumi can't detect a change`,
  "Use strings or numbers instead, such as date.toISOString() or the hash of a file.",
]);

export const secretsNotPlain = problem("secrets-not-plain", () => [
  "secrets must be a plain object that maps keys to values, not an output or a list",
  'For an object in config, use secretsFromConfig("KEY"): it keeps the keys plain and the values secret.',
]);

/** See [unit tests](testing.md). */
export const mockWithoutList = problem("mock-without-list", ({ property }: { property: string }) => [
  `the mock returned no list of ${property}`,
  `Return { ${property}: [] } (or more) from call() of pulumi.runtime.setMocks.`,
]);

function lostTriggerText({ place, given }: LostTrigger): string {
  const givenText = () => {
    if ("number" in given) return given.number;
    if ("type" in given) return `a ${given.type}`;
    if ("isEmptied" in given) return "an empty object (inside an output, a Date or a Map becomes an empty object)";
    return given.className === undefined ? "an instance of a class" : `an instance of ${sanitized(given.className)}`;
  };
  return `${sanitized(place)} is ${givenText()}`;
}
