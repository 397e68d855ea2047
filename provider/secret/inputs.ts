import { typeText } from "../messages/phrases.js";
import type { CheckFailureFacts, CheckFailureKind } from "../messages/problem.js";

/** Stands for a value that a preview doesn't know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/** Everything there is to know about one input. Check, types, state, diff, hosts, SDK and docs follow from it. */
export interface InputDeclaration<T> {
  rule: Rule<T>;
  /**
   * What a change does: `push` sends the value again, `name` replaces or renames by `onNameChange`, `replace` creates a new
   * secret, `adopt` replaces if another secret is to be adopted, `store` only updates the state.
   */
  onChange: "push" | "name" | "replace" | "adopt" | "store";
  /**
   * What the state keeps: `output`, the live setting as an output; `digest`, a salted digest; `given`, the input if it is
   * set; or `unless-default`, the input if it differs from `defaultValue`.
   */
  inState: "output" | "digest" | "given" | "unless-default";
  /** What counts if the input is left out. */
  defaultValue?: NoInfer<T>;
  isRequired?: true;
  /** Always a secret, whether or not the program marks it. */
  isSecret?: true;
  /** Whether the engine may print what was given, if it fails the check: it can't hold anything secret. */
  isPrintable?: true;
}

/** The inputs of a `WorkspaceSecret`. The comments are the documentation that users read. */
export const INPUTS = {
  /**
   * The secret's name in the workspace, exactly as given. A change replaces the secret, unless `onNameChange` is `"rename"`.
   * @default the resource's logical name
   */
  name: input({
    rule: text({ ifEmpty: "leave it out to use the resource's logical name" }),
    onChange: "name",
    inState: "output",
    isPrintable: true,
  }),
  /**
   * The secret's value. Always kept secret, whether or not the program marks it as one: the state holds it encrypted, and no
   * output returns it. A change updates the secret in place.
   */
  value: input({
    rule: text({ ifEmpty: "the API accepts no secret without a value" }),
    onChange: "push",
    inState: "digest",
    isRequired: true,
    isSecret: true,
  }),
  /**
   * What to do at create if the name is already used in the workspace. `"fail"`: an error. `"overwrite"`: adopt that secret
   * and push the value. `"keep"`: adopt it, and leave its value alone until `value` or `triggers` change. A change makes no
   * API call.
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
   * The id of a secret to adopt at create: the name and value are pushed to it, or left alone with `onExisting: "keep"`. A
   * change to another id replaces the secret.
   */
  existingId: input({
    rule: text({ ifEmpty: "give the id of a secret, or leave it out" }),
    onChange: "adopt",
    inState: "given",
  }),
  /**
   * What a change of `name` does. `"replace"`: create a new secret, then delete the old one. `"rename"`: rename the same
   * secret, so that agents and tools that hold its id keep working. A change makes no API call.
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
   * What to do at delete if the secret is still in use, so that the API refuses. `"fail"`: an error that lists every
   * dependent. `"retain"`: leave the secret in the workspace, warn, and stop managing it. A change makes no API call.
   * @default "fail"
   */
  onInUse: input({
    rule: choice("fail", "retain"),
    onChange: "store",
    inState: "unless-default",
    defaultValue: "fail",
    isPrintable: true,
  }),
  /** Any values. A change of one of them pushes the value again, for example after someone changed it by hand. */
  triggers: input({ rule: list(), onChange: "push", inState: "digest" }),
  /**
   * Which configured workspace: a name in `elevenlabs:workspaces`. A change replaces the secret.
   * @default "default", the workspace of the top-level config
   */
  workspace: input({
    rule: text({ ifEmpty: "leave it out to use the default one" }),
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

/** The names of the inputs that `condition` holds for. */
export function inputNames(condition: (declaration: InputDeclaration<unknown>) => boolean): InputName[] {
  return INPUT_NAMES.filter((name) => condition(INPUTS[name] as InputDeclaration<unknown>));
}

/** Whether a create with these inputs may adopt a secret. What isn't known yet may say so. */
export function mayAdopt({ onExisting, existingId }: { [Name in InputName]?: unknown }): boolean {
  return existingId !== undefined || (onExisting ?? INPUTS.onExisting.defaultValue) !== INPUTS.onExisting.defaultValue;
}

/** What is wrong with one input. Its facts never contain what was given. */
export type CheckFailure = { [Kind in CheckFailureKind]: FailureOf<Kind> }[CheckFailureKind];

interface FailureOf<Kind extends CheckFailureKind> {
  property: string;
  kind: Kind;
  facts: CheckFailureFacts<Kind>;
}

/** Everything that is wrong with the inputs, each on its own. */
export function checkInputs(inputs: Record<string, unknown>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of INPUT_NAMES) {
    const given = inputs[property];
    const { rule, isRequired } = INPUTS[property] as InputDeclaration<unknown>;
    if (given === UNKNOWN) continue;
    if (given !== undefined)
      failures.push(...rule.check(given).map((fault) => ({ property, ...fault }) as CheckFailure));
    // The SDK fills in the name.
    else if (isRequired || property === "name") failures.push({ property, kind: "input-missing", facts: {} });
  }
  for (const property of Object.keys(inputs)) {
    if (Object.hasOwn(INPUTS, property)) continue;
    failures.push({ property, kind: "input-unknown", facts: { known: INPUT_NAMES } });
  }
  return failures;
}

/** Whether a text is nothing but white space, so that it can be neither a name nor a value. */
export function blankness(given: string): "empty" | "blank" | undefined {
  if (given.trim() !== "") return undefined;
  return given === "" ? "empty" : "blank";
}

/** What an input accepts. */
interface Rule<T> {
  check(given: unknown): Omit<CheckFailure, "property">[];
  /** For schemas and docs. */
  accepts: "text" | "list" | readonly string[];
  readonly type?: T;
}

function input<T>(declaration: InputDeclaration<T>): InputDeclaration<T> {
  return declaration;
}

function text({ ifEmpty: advice }: { ifEmpty: string }): Rule<string> {
  return {
    accepts: "text",
    check(given) {
      if (typeof given !== "string") return [wrongType("a string", given)];
      const empty = blankness(given);
      return empty === undefined ? [] : [{ kind: "input-empty", facts: { isBlank: empty === "blank", advice } }];
    },
  };
}

function list(): Rule<unknown[]> {
  return { accepts: "list", check: (given) => (Array.isArray(given) ? [] : [wrongType("a list", given)]) };
}

function choice<const Choices extends readonly string[]>(...choices: Choices): Rule<Choices[number]> {
  return {
    accepts: choices,
    check: (given) =>
      choices.some((one) => one === given) ? [] : [{ kind: "input-choice", facts: { choices: [...choices] } }],
  };
}

function wrongType(expected: string, given: unknown): Omit<CheckFailure, "property"> {
  return { kind: "input-type", facts: { expected, given: typeText(given) } };
}
