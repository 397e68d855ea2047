/** Stands for a value that a preview does not know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/** What a `WorkspaceSecret` takes. Each field is declared here alone; the SDK derives its types from it. */
export interface WorkspaceSecretInputs {
  /**
   * The secret's name in the workspace, exactly as given.
   * A change replaces the secret, unless `onNameChange` is `"rename"`.
   * @default the resource's logical name
   */
  name: string;
  /**
   * The secret's value. Always kept secret, whether or not the program wrapped it; the state holds it encrypted, and no
   * output returns it. A change updates the secret in place.
   */
  value: string;
  /**
   * What to do at create, when the workspace already has a secret of this name: `"fail"`; `"overwrite"`: take that secret
   * over and push the value; `"keep"`: take it over, and leave its value until `value` or `triggers` change.
   * A change alone makes no API call.
   * @default "fail"
   */
  onExisting?: OnExisting;
  /**
   * The id of a secret to take over at create, as `import` would (dynamic resources cannot be imported): name and value
   * are pushed to it, or left alone with `onExisting: "keep"`. A change to another id replaces.
   */
  existingId?: string;
  /**
   * What a change of `name` does: `"replace"`: a new secret is made, then the old one deleted; `"rename"`: the same secret
   * gets the new name, so that agents and tools that hold its id go on working. A change alone makes no API call.
   * @default "replace"
   */
  onNameChange?: OnNameChange;
  /**
   * What to do at delete, when something still uses the secret and the API refuses: `"fail"`, or `"retain"`: leave it in
   * the workspace, warn, and forget it. A change alone makes no API call.
   * @default "fail"
   */
  onInUse?: OnInUse;
  /** Any values: a change of one of them pushes the value again, such as after it was changed by hand. */
  triggers?: unknown[];
  /**
   * Which configured workspace: a name of `elevenlabs:workspaces`. A change replaces.
   * @default "default", the one of the top-level config
   */
  workspace?: string;
}

export type OnExisting = "fail" | "overwrite" | "keep";
export type OnNameChange = "replace" | "rename";
export type OnInUse = "fail" | "retain";

/** Inputs as a preview may know them. */
export type PreviewInputs = { [Key in keyof WorkspaceSecretInputs]: WorkspaceSecretInputs[Key] | Unknown };

export interface CheckFailure {
  property: string;
  /** What is wrong and what would be right. Never holds what was given. */
  reason: string;
}

const WORDS = {
  onExisting: ["fail", "overwrite", "keep"],
  onNameChange: ["replace", "rename"],
  onInUse: ["fail", "retain"],
} as const;

type Rule = (given: unknown) => string | undefined;

const RULES: Record<keyof WorkspaceSecretInputs, Rule> = {
  name: (given) => text(given) ?? required(given, "leave it out to use the resource's logical name"),
  value: (given) => text(given) ?? required(given, "the API takes no secret without a value"),
  onExisting: oneOf(WORDS.onExisting),
  existingId: (given) => optional(given, text(given) ?? required(given, "give a secret's id, or leave it out")),
  onNameChange: oneOf(WORDS.onNameChange),
  onInUse: oneOf(WORDS.onInUse),
  triggers: (given) => optional(given, Array.isArray(given) ? undefined : `must be a list, not ${kindOf(given)}`),
  workspace: (given) => optional(given, text(given) ?? required(given, "leave it out for the default one")),
};

/** Every fault of the inputs at once. */
export function checkInputs(inputs: Record<string, unknown>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, rule] of Object.entries(RULES)) {
    const given = inputs[property];
    const reason = given === UNKNOWN ? undefined : rule(given);
    if (reason !== undefined) failures.push({ property, reason });
  }
  for (const property of Object.keys(inputs)) {
    if (Object.hasOwn(RULES, property)) continue;
    failures.push({ property, reason: `is no input of a WorkspaceSecret; those are ${Object.keys(RULES).join(", ")}` });
  }
  return failures;
}

function text(given: unknown): string | undefined {
  if (given === undefined) return "is missing";
  return typeof given === "string" ? undefined : `must be a string, not ${kindOf(given)}`;
}

function required(given: unknown, advice: string): string | undefined {
  return typeof given === "string" && given.trim() === ""
    ? `is ${given === "" ? "empty" : "blank"}: ${advice}`
    : undefined;
}

function optional(given: unknown, reason: string | undefined): string | undefined {
  return given === undefined ? undefined : reason;
}

function oneOf(words: readonly string[]): Rule {
  return (given) =>
    given === undefined || words.some((word) => word === given)
      ? undefined
      : `must be one of ${words.map((word) => `"${word}"`).join(", ")}`;
}

function kindOf(given: unknown): string {
  if (given === null) return "null";
  if (Array.isArray(given)) return "a list";
  return typeof given === "object" ? "an object" : `a ${typeof given}`;
}
