import type { Dependent, Secret } from "../api/client.js";
import type { ApiFailure } from "../api/errors.js";
import type { OwnedFacts } from "../ownership/ownership.js";
import type { WrongAccount } from "../secret/rightAccount.js";
import { quoted, sanitized } from "../text/sanitize.js";
import { failureText, refreshAdvice, settingText } from "./api.js";
import { deleteFromState, listUrns, ownCommand, pulumiUp, WITH_PROGRAM } from "./commands.js";
import { explainOwner } from "./owner.js";
import { problem, type Reader, warning } from "./problem.js";
import { capitalized, clause, commandFor, dependentsText, idsText } from "./text.js";

const ID_CHECK = "check the id, and that the API key belongs to the workspace that has the secret.";

// Problems in the lifecycle of a secret.

/**
 * The secret was created by someone else, by an interrupted run, or by a resource that you renamed in the program.
 *
 * - If another stack or someone else manages the secret, use another name. In a `WorkspaceSecrets`, set a different
 *   `prefix` for each stack. A stack created with `pulumi stack init --copy-config-from` has the same names as the
 *   original stack.
 * - To adopt the secret, set `onExisting: "overwrite"` (pushes your value) or `"keep"` (keeps the existing value). If the error shows the
 *   name in another spelling, also set `name` to that spelling.
 * - If this resource already owns the secret, and `--replace`, `replaceOnChanges` or `replacementTrigger` replaces the
 *   resource, set `deleteBeforeReplace: true`. To push the value without a replacement, change `triggers`.
 * - If you renamed the resource in a program that isn't in Node.js, add `aliases`.
 */
export const nameTaken = problem(
  "name-taken",
  ({
    id,
    dependents,
    spelling,
    isOwn,
    isInComponent,
  }: {
    id: string;
    dependents: Dependent[] | undefined;
    spelling?: string | undefined;
    /** Whether the secret is the resource's current secret, which this create replaces. */
    isOwn?: boolean;
    isInComponent?: boolean;
  }) => {
    const use =
      dependents === undefined
        ? ""
        : dependents.length > 0
          ? `, which is in use by ${dependentsText(dependents)}`
          : ", which nothing uses";
    if (spelling !== undefined) {
      return [
        `the API treats this name as equal to the name of secret ${quoted(spelling)} (${sanitized(id)})${use}`,
        `Choose another name. Or adopt that secret: set name: ${quoted(spelling)}, and onExisting: "overwrite" to push your value, or onExisting: "keep" to keep the existing value.`,
      ];
    }
    if (isOwn) {
      return [
        `the name is still used by this resource's current secret, ${sanitized(id)}`,
        isInComponent
          ? "Run the command without the replacement (after pulumi state taint: pulumi state untaint URN)."
          : "To replace it with a new secret, add deleteBeforeReplace: true to the options.",
        "To push the value to the same secret without a replacement, change triggers instead.",
      ];
    }
    return [
      `the name is already used by secret ${sanitized(id)}${use}`,
      `If another stack or someone else manages that secret, ${isInComponent ? 'set a prefix for each stack, such as prefix: "prod_"' : "choose another name"}.`,
      'Otherwise, adopt it: onExisting: "overwrite" pushes your value; onExisting: "keep" keeps the existing value. If an earlier run was interrupted, use "overwrite".',
    ];
  },
);

export const severalWithThisName = problem(
  "several-with-this-name",
  ({ secrets, chooseBy }: { secrets: Secret[]; chooseBy: "existingId" | "secretId" | "--id" | "import" }) => {
    const id = secrets[0]?.id ?? "";
    const choices = {
      existingId: `Choose one by its id, such as existingId: ${quoted(id)}, or delete the secrets that you don't need.`,
      secretId: `Choose one by its id, such as secretId: ${quoted(id)}`,
      "--id": `Choose one by its id, such as --id ${sanitized(id)}`,
      import: "Import one of them by its id.",
    };
    return [`several secrets have this name: ${idsText(secrets)}`, choices[chooseBy]];
  },
);

export const existingIdNotFound = problem(
  "existing-id-not-found",
  ({ id, workspace }: { id: string; workspace: string }, reader) => [
    `workspace ${quoted(workspace)} has no secret with the id ${quoted(id)} (existingId)`,
    `If someone deleted that secret, remove existingId: ${quoted(id)} from the program: "${commandFor(reader, pulumiUp())}" then creates a new secret.`,
    `Otherwise, ${ID_CHECK}`,
  ],
);

/** `WorkspaceSecret.get` was given this id. */
export const idNotFound = problem("id-not-found", ({ workspace }: { workspace: string }) => [
  `workspace ${quoted(workspace)} has no secret with this id`,
  capitalized(ID_CHECK),
]);

export const keptValueHasOtherName = problem(
  "kept-value-has-other-name",
  ({ id, liveName }: { id: string; liveName: string }) => [
    `secret ${sanitized(id)} is named ${quoted(liveName)}, and the API can't rename a secret without a new value`,
    `Set name: ${quoted(liveName)}, or remove onExisting: "keep" to rename the secret and push your value.`,
  ],
);

/**
 * A preview reports this if the state contains the owner. An update can find it later, for example after someone
 * renamed a secret by hand.
 *
 * - If you renamed or moved the resource in the program, or moved the stack to the other kind of provider, add the
 *   `aliases` in the error. The URN identifies the resource in the state. `WorkspaceSecrets` has an argument `aliases`,
 *   which maps a secret's key to a URN.
 * - If the other resource should no longer own the secret, first run `pulumi up` with only this change: give its secret
 *   another name, or remove the resource.
 * - If the other resource has another provider, such as a provider that you wrote, see [how to replace your own
 *   provider](guide.md#replace-your-own-provider). If the other resource doesn't manage the secret, and only has the
 *   same name or refers to it, change that name or reference for one `pulumi up`: only the adoption is checked.
 * - If two resources of the program own one secret, remove one of the resources. The other resource then owns the
 *   secret.
 */
export const ownedByOther = problem("owned-by-other", (facts: OwnedFacts, reader) => explainOwner(facts, reader));

/**
 * The response to the POST was lost, and a search of 10 seconds didn't find the secret. The POST isn't retried, because
 * that could create a second secret. If the API has stored the name in another spelling, the error shows that secret:
 * `existingId` adopts it.
 */
export const mayHaveBeenCreated = problem(
  "may-have-been-created",
  ({ failure, spellings }: { failure: ApiFailure; spellings: Secret[] }) => [
    `${clause(failureText(failure))}; the secret may have been created anyway`,
    'Run the command again: it searches for the secret first. If the secret exists, adopt it with onExisting: "overwrite".',
    ...spellingText(spellings),
  ],
);

export const mayHaveBeenUpdated = problem(
  "may-have-been-updated",
  ({ failure, id }: { failure: ApiFailure; id: string }) => [
    `${clause(failureText(failure))}; secret ${sanitized(id)} may already have the new value`,
    "Run the command again: it pushes the value again.",
  ],
);

export const secretGone = problem("secret-gone", (_: object, reader) => [
  "the workspace no longer has this secret",
  ...refreshAdvice(reader),
]);

export const newNameTaken = problem("new-name-taken", ({ name, secrets }: { name: string; secrets: Secret[] }) => [
  `the name ${quoted(name)} is already used by ${secrets.length === 1 ? "secret" : "the secrets"} ${idsText(secrets)}`,
  `Choose another name, or first rename or delete ${secrets.length === 1 ? "that secret" : "those secrets"}.`,
]);

export const inUse = problem("in-use", ({ dependents }: { dependents: Dependent[] }, reader) => [
  `it is in use by ${dependentsText(dependents)}`,
  "Point the dependents at another secret, then run the command again.",
  `To leave the secret in the workspace instead, put it back into the program with onInUse: "retain", and run "${commandFor(reader, pulumiUp())}" first. This has no effect once the secret has been replaced.`,
]);

/**
 * The value exists only in ElevenLabs: the secret was adopted with `onExisting: "keep"`, or imported, and the program has pushed no
 * value since. The API never returns a value, so nobody could get it back.
 */
export const keptValueAtRisk = problem(
  "kept-value-at-risk",
  (
    {
      input,
      live = {},
      isImport,
    }: {
      input: string;
      /** The name and workspace of the secret, if the program has a different name or workspace. */
      live?: { name?: string | undefined; workspace?: string | undefined };
      isImport?: boolean;
    },
    reader,
  ) => {
    if (input === "replacement") {
      return [
        "it was adopted with its value, which exists only in ElevenLabs, and a replacement would destroy it",
        "Run the command without the replacement. To push the program's value instead, first change triggers (or value) in a separate update.",
      ];
    }
    const origin = isImport ? "imported" : 'adopted with onExisting: "keep"';
    const inputs = Object.entries(live).flatMap(([name, text]) =>
      text === undefined ? [] : [`${name}: ${quoted(text)}`],
    );
    return [
      `it was ${origin}, so its value exists only in ElevenLabs, and changing ${input} would destroy it`,
      `To keep the ${isImport ? "secret" : "value"}, ${inputs.length === 0 ? `undo the change to ${input}.` : `set ${inputs.join(" and ")}`}`,
      isImport
        ? `To replace the secret, first run "${commandFor(reader, pulumiUp())}" without this change: that pushes the program's value.`
        : "To push the program's value instead, change triggers (or value) in the same update.",
    ];
  },
);

/**
 * The current key and URL may belong to another workspace, so the provider doesn't treat the secret as deleted. If they
 * find another secret that was written with the same key and URL as this secret, the workspace is the same, and this
 * error doesn't appear.
 *
 * If you know that someone has deleted the secret, remove it from the state with `pulumi state delete URN`. If the old
 * endpoint no longer exists, see [below](#the-endpoint-no-longer-exists).
 */
export const wrongAccount = problem("wrong-account", (facts: WrongAccount, reader) => [
  facts.storedEndpoint === undefined
    ? `it was written with another API key, and the current key finds no secret at ${facts.endpoint} that the other key wrote. Does the current key belong to another workspace?`
    : `it is stored at ${sanitized(facts.storedEndpoint)}, but the config now uses ${facts.endpoint} for workspace ${quoted(facts.workspace)}, and no secret that was written at the first URL is found at the second. Is this another workspace?`,
  rightAccountText(facts, reader),
  `If that workspace no longer exists, run "${commandFor(reader, deleteFromState(facts.urn))}" for each of its secrets ("${commandFor(reader, listUrns())}" shows the URNs). To move secrets on purpose, add the new workspace to ${facts.provider === undefined ? "elevenlabs:workspaces" : `workspaces of provider ${quoted(facts.provider)} in the program`}, and set the input workspace.`,
]);

export const changedMeanwhile = problem(
  "changed-meanwhile",
  (facts: { id: string; name: string; liveName: string | undefined }) => [
    `secret ${sanitized(facts.id)} was ${facts.liveName === undefined ? `deleted (its name was ${quoted(facts.name)})` : `renamed from ${quoted(facts.name)} to ${quoted(facts.liveName)}`} while this command ran. The provider changed nothing`,
    "Run the command again.",
  ],
);

export const nameIgnored = problem("name-ignored", ({ name, liveName }: { name: string; liveName: string }) => [
  `the API has stored the value, but not the new name: the secret is still named ${quoted(liveName)}`,
  `Set name: ${quoted(liveName)}, or use onNameChange: "replace" to create a secret named ${quoted(name)}.`,
]);

export const secretNotFound = problem(
  "secret-not-found",
  ({ endpoint, listedBy }: { endpoint: string; listedBy: "function" | "command" }, reader: Reader) => {
    const list = listedBy === "function" ? "listWorkspaceSecrets()" : commandFor(reader, ownCommand("list"));
    return [
      `the workspace at ${endpoint} has no such secret`,
      `Check the spelling and the workspace. To list all secrets: ${list}`,
    ];
  },
);

export const importNotFound = problem(
  "import-not-found",
  ({ reference, endpoint }: { reference: string; endpoint: string }, reader) => [
    `the workspace at ${endpoint} has no secret with the id or name ${quoted(reference)}`,
    `Pass an ID, a NAME, WORKSPACE/ID or WORKSPACE/NAME. To list all secrets: ${commandFor(reader, ownCommand("list"))}`,
  ],
);

/** The API never returns a value, so an import can't read it. */
export const valueMissing = problem("value-missing", () => [
  "it was imported without its value",
  "Set the input value in the program.",
]);

export const nameMismatch = problem("name-mismatch", ({ name }: { name: string }) => [
  `it is not named ${quoted(name)}`,
  "Pass either secretId or name, not both.",
]);

export const noSecretGiven = problem("no-secret-given", () => [
  "neither secretId nor name is given",
  "Pass secretId or name.",
]);

/** The advice that makes the config use the workspace that has the secrets: a new URL if the URL differs, otherwise a new key. */
function rightAccountText(
  { workspace: name, provider, keySource, storedEndpoint, configMayBeStale }: WrongAccount,
  reader: Reader,
): string {
  const right = `the ${storedEndpoint === undefined ? "key" : "URL"} of the workspace that has the secrets`;
  if (storedEndpoint === undefined && keySource === "environment") return `Set ELEVENLABS_API_KEY to ${right}.`;
  const set = settingText(right, { name, provider }, reader, storedEndpoint);
  return configMayBeStale ? `${capitalized(WITH_PROGRAM)}, after you set ${set}` : `Set ${set}`;
}

// Warnings. `next` is empty if the user needn't do anything.

export const importedWithoutValue = warning("imported-without-value", ({ name, id }: { name: string; id: string }) => [
  `Secret ${quoted(name)} (${sanitized(id)}) is imported without its value, which the API never returns`,
  "The next update pushes the program's value.",
]);

/** Delete the secret by hand once nothing uses it. */
export const leftInUse = warning(
  "left-in-use",
  ({ name, id, dependents }: { name: string; id: string; dependents: Dependent[] }) => [
    `Secret ${quoted(name)} (${sanitized(id)}) remains in the workspace, and this stack no longer manages it, because it is in use by ${dependentsText(dependents)}`,
  ],
);

export const leftToOtherOwner = warning(
  "left-to-other-owner",
  (facts: { name: string; id: string; resource: string; isLookUp: boolean }) => [
    `Secret ${quoted(facts.name)} (${sanitized(facts.id)}) is not deleted, because ${facts.isLookUp ? `the program looks it up as ${quoted(facts.resource)}` : `resource ${quoted(facts.resource)} of this stack owns it`}`,
    facts.isLookUp
      ? "This stack no longer manages the secret. If you don't need the secret, delete it in ElevenLabs."
      : "If another value was pushed for the old resource, change the triggers of the resource that remains.",
  ],
);

/** Most services refuse a token with a line break. If the line break is part of the value, you needn't do anything. */
export const valueEndsWithLineBreak = warning("value-ends-with-line-break", ({ name }: { name: string }) => [
  `The value of secret ${quoted(name)} ends with a line break, which was pushed to the workspace`,
  "If the line break isn't part of the value (for example, if the value is read from a file), remove it in the program, such as with trimEnd().",
]);

/** The API may have stored the name of the new secret in another spelling. */
function spellingText(spellings: Secret[]): string[] {
  const [first] = spellings;
  if (!first) return [];
  const all = spellings.map(({ id, name }) => `${quoted(name)} (${sanitized(id)})`).join(" or ");
  const advice =
    spellings.length === 1
      ? `that secret, add existingId: ${quoted(first.id)}`
      : "one of them, set existingId to its id";
  return [`The API may have stored it as ${all}. To adopt ${advice}`];
}
