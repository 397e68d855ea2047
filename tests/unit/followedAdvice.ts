export const NO_ADVICE = "the message has no next step";

/**
 * For each kind of error and warning, the tests that follow its advice as it is printed, each as `FILE: TITLE`; or why no
 * test does.
 */
export const FOLLOWED_ADVICE: Record<string, string[] | string> = {
  // The life of a secret.
  "name-taken": [
    "engine/sequences/adviceOfNames: after name-taken, %s adopts the secret and keeps its id",
    "engine/sequences/adviceOfNames: after name-taken, a prefix keeps the secrets of another stack",
    "engine/sequences/adviceOfNames: after name-taken, the API's spelling with %s adopts the secret",
    "engine/sequences/adviceOfNames: a replacement by --replace works with deleteBeforeReplace",
    "engine/sequences/adviceOfNames: in a WorkspaceSecrets, pulumi state untaint undoes the replacement",
    "engine/sequences/adviceOfNames: new triggers push the value without a replacement",
  ],
  "several-with-this-name": [
    "engine/sequences/adviceOfSteps: after several-with-this-name, existingId adopts only one secret",
    "engine/functions: after several-with-this-name, a function finds one secret by its id",
    "engine/plugin/importing: an import by a shared name fails with the ids, and each id works",
    "cli/list: after %s, dependents finds the secret by the printed option",
  ],
  "existing-id-not-found": [
    "engine/sequences/adviceOfSteps: after existing-id-not-found, a program without existingId works",
  ],
  "id-not-found": ["engine/read: WorkspaceSecret.get of an unknown id is an error that shows the id"],
  "kept-value-has-other-name": [
    "engine/sequences/adviceOfSteps: after kept-value-has-other-name, %s keeps the same secret",
  ],
  "owned-by-other": [
    "engine/sequences/adviceOfNames: a resource moves under a component with the error's alias",
    "engine/sequences/adviceOfNames: a resource moves into a WorkspaceSecrets with the error's alias",
    "engine/sequences/adviceOfNames: a resource moves out of a WorkspaceSecrets with the error's alias",
    "engine/plugin/continueOnError: with onExisting %s, the secret isn't deleted",
    "engine/stackCheck: a secret isn't adopted by name until its owner has been renamed",
    "engine/owners: if two resources own one secret, the second fails until one is removed",
    "engine/ownProvider: another provider's secret is adopted after pulumi state delete",
    "engine/ownProvider: the error's alias moves a secret into a WorkspaceSecrets",
    "engine/plugin/moving: the way back is refused without an alias; the error's alias fixes it",
  ],
  "may-have-been-created": ["engine/unknownOutcome: after a POST of unknown outcome, the next up reports the secret"],
  "may-have-been-updated": ["engine/update: after an unknown outcome, up pushes even if the old value is back"],
  "secret-gone": ["engine/update: an update of a deleted secret fails; refresh and up create it again"],
  "new-name-taken": ["engine/sequences/adviceOfSteps: after new-name-taken, another name keeps both secrets"],
  "in-use": [
    "engine/delete: a failed delete of a replaced secret succeeds once nothing uses it",
    "engine/sequences/adviceOfSteps: after in-use, an update with retain leaves the secret in the workspace",
  ],
  "kept-value-at-risk": [
    "engine/sequences/advice: a kept value can be replaced after its triggers changed",
    "engine/keptValue: the errors' advice repairs an adopted secret after changes by hand",
    "engine/plugin/importing: after an import, another name or workspace deletes nothing",
  ],
  "wrong-account": [
    "engine/plugin/providers: after wrong-account, destroy continues with --run-program",
    "engine/sequences/advice: after wrong-account, pulumi state delete lets up create the secret",
    "engine/sequences/advice: after wrong-account, the old key in the environment continues",
    "engine/sequences/advice: after wrong-account, the old %s in the config continues",
    "engine/sequences/advice: after wrong-account, another workspace in the config moves the secret",
  ],
  "changed-meanwhile": ["engine/sequences/advice: after changed-meanwhile, the same command succeeds"],
  "name-ignored": ["engine/sequences/advice: after name-ignored, the secret's current name works in the program"],
  "secret-not-found": ["cli/advice: after %s, the printed command lists the secrets"],
  "import-not-found": ["engine/plugin/importing: an import of an unknown id is one error, and imports nothing"],
  "value-missing": ["contract/pluginInputs: a create without a value fails, and sends nothing"],
  "name-mismatch": ["engine/functions: functions find secrets and dependents, and return no value"],
  "no-secret-given": ["engine/functions: functions find secrets and dependents, and return no value"],
  "state-unreadable": ["engine/sequences/advice: after state-unreadable, another TMPDIR works"],

  // API calls.
  "no-api-key": ["engine/badInput: a preview makes no call and needs no API key; up says how to set it"],
  "malformed-api-key": ["engine/badInput: up explains how to fix a bad API key: %s"],
  unauthorized: [
    "engine/badInput: up explains how to fix a bad API key: %s",
    "engine/plugin/providers: a wrong key of a provider is corrected in the program's arguments",
  ],
  "missing-permission": ["engine/badInput: up explains how to fix a bad API key: %s"],
  "rate-limited": ["engine/errors: a failed call shows the secret, the cause and the fix, in every step"],
  "not-the-api": ["engine/errors: a failed call shows the secret, the cause and the fix, in every step"],
  refused: ["engine/errors: a failed call shows the secret, the cause and the fix, in every step"],
  "api-failure": [
    "engine/create: no POST follows a failed search, and the next up continues",
    "engine/errors: a failed call shows the secret, the cause and the fix, in every step",
  ],
  unreachable: ["engine/errors: a failed call shows the secret, the cause and the fix, in every step"],
  "not-found": ["engine/update: an update of a deleted secret fails; refresh and up create it again"],
  "proxy-refused": ["engine/proxy: a failing proxy is one error in each step, and changes nothing: %s"],
  "proxy-unreachable": ["engine/proxy: a failing proxy is one error in each step, and changes nothing: %s"],
  cancelled: ["engine/plugin/timeLimits: customTimeouts end the retry pauses of only their own resource"],
  "invalid-id": ["cli/advice: after %s, the printed command lists the secrets"],

  // The config.
  "invalid-config": ["engine/sequences/adviceOfConfig: the commands of an invalid config repair %s"],
  "workspace-unusable": ["engine/sequences/adviceOfConfig: the commands of an invalid config repair %s"],
  "provider-config-invalid": [
    "engine/plugin/providers: all faults of a provider's config are shown at preview",
    "engine/sequences/adviceOfConfig: the commands of an invalid config repair %s",
  ],
  "provider-config-unknown": NO_ADVICE,
  "plain-api-key": [
    "engine/sequences/adviceOfConfig: after %s, a new key that is set as a secret works",
    "engine/configSource: the commands of plain-values move every value out of Pulumi.yaml",
  ],
  "plain-api-keys": ["engine/sequences/adviceOfConfig: after %s, a new key that is set as a secret works"],
  "plain-values": [
    "engine/sequences/adviceOfConfig: after plain-values, the advice replaces the values without a warning",
    "engine/component: the warning's command works, even for a key with dots",
    "engine/configSource: the commands of plain-values move every value out of Pulumi.yaml",
  ],
  "config-missing": [
    "engine/sequences/adviceOfConfig: after config-missing, pulumi config refresh restores the config",
    "engine/sequences/adviceOfConfig: after config-missing, the key of a renamed project works",
    "engine/sequences/adviceOfConfig: after config-missing, a new stack gets its first secret",
  ],
  "config-not-an-object": [
    "engine/sequences/adviceOfConfig: after config-not-an-object, pulumi config refresh restores the object",
    "engine/sequences/adviceOfConfig: after config-not-an-object, a new stack gets its first secret",
  ],
  "config-entries-invalid": [
    "engine/sequences/adviceOfConfig: after config-entries-invalid, an empty value can be set",
    "engine/sequences/adviceOfConfig: after config-entries-invalid, a secret with an empty value can go",
    "engine/sequences/adviceOfConfig: after config-entries-invalid, a number that is set as a secret works",
  ],

  // The program.
  "import-unsupported": ["engine/sequences/adviceOfSteps: after import-unsupported, existingId adopts the secret"],
  "environment-unknown": [
    "engine/inlineProgram: a function in an inline program uses the key of the stack's config",
    "engine/inlineProgram: the plugin's functions use the stack's environment",
  ],
  "not-a-dependency": ["engine/installed: if only a library depends on the package, preview shows one error"],
  "component-requires-plugin": [
    "engine/componentProcess: a component without the dynamic provider is told to use the plugin",
  ],
  "node-too-old": "all other tests run with a newer Node.js",
  "triggers-lost": ["engine/badInput: triggers whose changes Pulumi can't detect are refused at preview"],
  "prefix-not-plain": ["engine/sequences/adviceOfSteps: after prefix-not-plain, %s works as the prefix"],
  "secrets-not-plain": [
    "engine/sequences/adviceOfSteps: after secrets-not-plain, secretsFromConfig manages the same secrets",
  ],
  "component-inputs-invalid": [
    "engine/plugin/remoteComponent: after component-inputs-invalid, the printed command sets the value",
  ],
  "secrets-unknown": ["languages/yaml/safety: a component whose dependency fails is one error, and changes nothing"],
  "mock-without-list": ["docs/mocks: functions call the mocks, and a mock without a list is an error"],

  // Inputs.
  "input-missing": NO_ADVICE,
  "input-empty": NO_ADVICE,
  "input-type": NO_ADVICE,
  "input-choice": NO_ADVICE,
  "input-unknown": NO_ADVICE,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the title is a template
  "value-transformed": ["engine/stackCheck: a value from ${kind} is refused, and isn't shown"],
  "declared-twice": [
    "engine/owners: two resources with one name: the second fails before any call",
    "engine/owners: two resources with one existingId: the second fails, and owns nothing",
  ],

  // Warnings.
  "imported-without-value": [
    "engine/plugin/importing: after an import, the next up pushes the value once, and nothing else",
  ],
  "left-in-use": NO_ADVICE,
  "left-to-other-owner": [
    "engine/sequences/adviceOfSteps: after left-to-other-owner, new triggers push the remaining value",
  ],
  "not-shared": ["engine/sequences/advice: after state-unreadable, another TMPDIR works"],
  "value-ends-with-line-break": ["engine/create: a value of one line that ends with a line break causes a warning"],

  // The command line.
  "no-project": ["cli/advice: a command that needs a stack works once project and pulumi are there"],
  "no-pulumi": ["cli/advice: a command that needs a stack works once project and pulumi are there"],
  "pulumi-gone": ["cli/advice: after pulumi-gone, the same command works once pulumi is back"],
  "pulumi-unreadable": ["cli/advice: a command that needs a stack works once project and pulumi are there"],
  "no-stack-selected": ["cli/advice: after no-stack-selected, the printed option and command select a stack"],
  "pulumi-failed": ["cli/advice: after pulumi-failed, --no-stack uses only the environment"],
  "preview-failed": ["cli/advice: after preview-failed, the printed commands show cause and drift"],
  "unknown-provider": ["cli/explicitProviders: an unknown provider is an error that lists the known providers"],
  "no-key-in-environment": ["cli/list: list says which variable to set if no project and no key exist"],
  "no-terminal": [
    "cli/adopt: adopt --ask fails outside a terminal before it prints anything",
    "cli/adopt: adopt --ask sets each value encrypted, and shows none",
  ],
  "no-stack-for-values": ["cli/adopt: adopt --ask fails without a stack, and asks in a project with one"],
  "config-in-project": ["engine/configSource: adopt sets no value that would hide an object of Pulumi.yaml"],
  interrupted: ["cli/adopt: after Ctrl-C, adopt --ask asks only for the values that aren't set"],
  "secrets-not-found": ["cli/advice: after %s, the printed command lists the secrets"],
  "name-or-id": ["cli/list: after %s, dependents finds the secret by the printed option"],
  "file-not-written": ["cli/emulatorCommand: a --state file that can't be written is refused"],
  "emulator-state-unusable": ["cli/emulatorCommand: a --state file that %s is refused and left alone"],
  "port-taken": ["cli/advice: after port-taken, the printed option starts the emulator"],
  "port-unusable": ["cli/advice: after port-taken, the printed option starts the emulator"],
  "unknown-command": ["cli/help: the command that the error suggests for %j runs"],
  "unknown-option": [
    "cli/help: the command that the error suggests for %j runs",
    "cli/help: the help that %s refers to exists, and shows the usage",
  ],
  "option-without-value": ["cli/help: the help that %s refers to exists, and shows the usage"],
  "invalid-option": ["cli/help: the help that %s refers to exists, and shows the usage"],
  "invalid-usage": ["cli/help: the help that %s refers to exists, and shows the usage"],
  "too-many-arguments": ["cli/help: the help that %s refers to exists, and shows the usage"],
  "conflicting-options": ["cli/advice: after conflicting-options, each of the two options works alone"],
  bug: "it asks only for a report",

  // Rendering.
  "nothing-to-render": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "files-unusable": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "markers-invalid": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "names-not-in-stack": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "ids-not-in-stack": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "output-in-input": ["cli/advice: the advice of each error of render leads to the rendered files"],
  "outputs-differ": ["cli/advice: the advice of each error of render leads to the rendered files"],
};
