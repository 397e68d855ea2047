import { inputChoice, inputEmpty, inputMissing, inputType, inputUnknown } from "../messages/check.js";
import type { CheckFailure } from "../messages/problem.js";
import { typeText } from "../text/typeText.js";

/** Stands for a value that a preview doesn't know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/** The declaration of one input. The check, types, state, diff, hosts, SDK and docs are derived from it. */
export interface InputDeclaration<T> {
  rule: Rule<T>;
  /**
   * The effect of a change: `push` pushes the value again, `name` replaces or renames the secret (see `onNameChange`), `replace`
   * creates a new secret, `adopt` replaces the secret if a different secret is to be adopted, `store` only updates the state.
   */
  onChange: "push" | "name" | "replace" | "adopt" | "store";
  /**
   * The part that the state keeps: `output`, the live setting as an output; `digest`, a salted digest; `given`, the input if it
   * is set; or `unless-default`, the input if it differs from `defaultValue`.
   */
  inState: "output" | "digest" | "given" | "unless-default";
  /** The default, if the input is omitted. */
  defaultValue?: NoInfer<T>;
  isRequired?: true;
  /** Always a secret, even if the program doesn't mark it. */
  isSecret?: true;
  /** Whether the engine may print the given value if the check fails. Only for inputs that can't contain a secret. */
  isPrintable?: true;
  /** Whether each secret needs its own setting, so that a `WorkspaceSecrets` can't set it for all its secrets. */
  isOfOneSecret?: true;
}

/** The inputs of a `WorkspaceSecret`. The comments are the documentation that users read. */
export const INPUTS = {
  /**
   * The secret's name in the workspace, exactly as given. A change replaces the secret, unless `onNameChange` is `"rename"`.
   * @default the resource's logical name
   */
  name: input({
    rule: text({ ifEmpty: "omit it to use the resource's logical name" }),
    onChange: "name",
    inState: "output",
    isPrintable: true,
    isOfOneSecret: true,
  }),
  /**
   * The secret's value. It is always encrypted in the state, even if the program doesn't mark it as a secret, and no output
   * returns it. A change updates the secret in place.
   */
  value: input({
    rule: text({ ifEmpty: "the API accepts no secret without a value" }),
    onChange: "push",
    inState: "digest",
    isRequired: true,
    isSecret: true,
    isOfOneSecret: true,
  }),
  /**
   * The action at create if the name is already used in the workspace. `"fail"`: report an error. `"overwrite"`: adopt the
   * existing secret and push the value. `"keep"`: adopt the existing secret, and keep its value until `value` or `triggers`
   * change. A change to `onExisting` makes no API call.
   * @default "fail"
   */
  onExisting: input({
    rule: choice("fail", "overwrite", "keep"),
    onChange: "store",
    inState: "unless-default",
    defaultValue: "fail",
    isPrintable: true,
  }),
  /**
   * The id of an existing secret to adopt at create. Its name and value are overwritten, unless you set `onExisting: "keep"`.
   * A change to another id replaces the secret.
   */
  existingId: input({
    rule: text({ ifEmpty: "set it to the id of a secret, or omit it" }),
    onChange: "adopt",
    inState: "given",
    isOfOneSecret: true,
  }),
  /**
   * The action if `name` changes. `"replace"`: create a new secret, then delete the old secret. `"rename"`: rename the secret,
   * so that agents and tools that use its id keep working. A change to `onNameChange` makes no API call.
   * @default "replace"
   */
  onNameChange: input({
    rule: choice("replace", "rename"),
    onChange: "store",
    inState: "unless-default",
    defaultValue: "replace",
    isPrintable: true,
  }),
  /**
   * The action at delete if the API refuses because the secret is still in use. `"fail"`: report an error that lists every
   * dependent. `"retain"`: leave the secret in the workspace, show a warning, and stop managing the secret. A change to
   * `onInUse` makes no API call.
   * @default "fail"
   */
  onInUse: input({
    rule: choice("fail", "retain"),
    onChange: "store",
    inState: "unless-default",
    defaultValue: "fail",
    isPrintable: true,
  }),
  /** Any values. If one of them changes, the secret's value is pushed again. Use this after someone changed the value by hand. */
  triggers: input({ rule: list(), onChange: "push", inState: "digest" }),
  /**
   * The configured workspace that has the secret: a name in `elevenlabs:workspaces`. A change replaces the secret.
   * @default "default", the workspace of the top-level config
   */
  workspace: input({
    rule: text({ ifEmpty: "omit it to use the default workspace" }),
    onChange: "replace",
    inState: "output",
    isPrintable: true,
  }),
};

type Declared = typeof INPUTS;
export type InputName = keyof Declared;
type TypeOf<Name extends InputName> = Declared[Name] extends InputDeclaration<infer T> ? T : never;

/** The checked inputs of a `WorkspaceSecret`. */
export type WorkspaceSecretInputs = {
  [Name in keyof Pick<Declared, "name" | "value">]: TypeOf<Name>;
} & {
  [Name in keyof Omit<Declared, "name" | "value">]?: TypeOf<Name>;
};

export type OnExisting = TypeOf<"onExisting">;
export type OnNameChange = TypeOf<"onNameChange">;
export type OnInUse = TypeOf<"onInUse">;

/** Inputs as a preview may know them. */
export type PreviewInputs = { [Name in keyof WorkspaceSecretInputs]: WorkspaceSecretInputs[Name] | Unknown };

export const INPUT_NAMES = Object.keys(INPUTS) as InputName[];

/** The names of the inputs that satisfy `condition`. */
export function inputNames(condition: (declaration: InputDeclaration<unknown>) => boolean): InputName[] {
  return INPUT_NAMES.filter((name) => condition(INPUTS[name] as InputDeclaration<unknown>));
}

/** Whether a create with these inputs may adopt a secret. True if an input that decides this isn't known yet. */
export function mayAdopt({ onExisting, existingId }: { [Name in InputName]?: unknown }): boolean {
  return existingId !== undefined || (onExisting ?? INPUTS.onExisting.defaultValue) !== INPUTS.onExisting.defaultValue;
}

/** Checks each input separately. */
export function checkInputs(inputs: Record<string, unknown>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of INPUT_NAMES) {
    const given = inputs[property];
    const { rule, isRequired } = INPUTS[property] as InputDeclaration<unknown>;
    if (given === UNKNOWN) continue;
    if (given !== undefined) failures.push(...rule.check(property, given));
    // The program may omit the name, but the SDK adds it before this check.
    else if (isRequired || property === "name") failures.push(inputMissing(property, {}));
  }
  for (const property of Object.keys(inputs)) {
    if (Object.hasOwn(INPUTS, property)) continue;
    failures.push(inputUnknown(property, { known: INPUT_NAMES }));
  }
  return failures;
}

/** Whether a string is empty or only white space, so that it can be neither a name nor a value. */
export function blankness(given: string): "empty" | "blank" | undefined {
  if (given.trim() !== "") return undefined;
  return given === "" ? "empty" : "blank";
}

/** The values that an input accepts. */
interface Rule<T> {
  check(property: string, given: unknown): CheckFailure[];
  /** Used for schemas and docs. */
  accepts: "text" | "list" | readonly string[];
  readonly type?: T;
}

function input<T>(declaration: InputDeclaration<T>): InputDeclaration<T> {
  return declaration;
}

function text({ ifEmpty: advice }: { ifEmpty: string }): Rule<string> {
  return {
    accepts: "text",
    check(property, given) {
      if (typeof given !== "string") return [wrongType(property, "a string", given)];
      const empty = blankness(given);
      return empty === undefined ? [] : [inputEmpty(property, { isBlank: empty === "blank", advice })];
    },
  };
}

function list(): Rule<unknown[]> {
  return {
    accepts: "list",
    check: (property, given) => (Array.isArray(given) ? [] : [wrongType(property, "a list", given)]),
  };
}

function choice<const Choices extends readonly string[]>(...choices: Choices): Rule<Choices[number]> {
  return {
    accepts: choices,
    check: (property, given) =>
      choices.some((one) => one === given) ? [] : [inputChoice(property, { choices: [...choices] })],
  };
}

function wrongType(property: string, expected: string, given: unknown): CheckFailure {
  return inputType(property, { expected, given: typeText(given) });
}
