import { quoted, sanitized } from "../text/sanitize.js";
import { inWorkspaceText } from "./text.js";

/** The person who reads a message. */
export interface Reader {
  /** Arguments that select the reader's stack in a Pulumi command, such as `["--stack", "prod"]`. Default: no arguments. */
  stackArguments?: string[];
}

/** The lines of a message: the reason, then the next steps. */
export type Explanation = [why: string, ...next: string[]];

/** Explains the facts of one kind of message. */
export type Wording<Facts> = (facts: Facts, reader: Reader) => Explanation;

/** An error or a warning, as a kind and its facts. Only the wording of the kind turns them into sentences. They contain no secret. */
export class Message<Facts extends object = object> {
  readonly #explain: (reader: Reader) => Explanation;

  constructor(
    /** The code in brackets in the text, and an anchor in `docs/errors.md`. */
    readonly kind: string,
    readonly facts: Facts,
    wording: Wording<Facts>,
  ) {
    this.#explain = (reader) => wording(facts, reader);
  }

  explain(reader: Reader = {}): Explanation {
    return this.#explain(reader);
  }

  /** At most three lines. The first line ends with the kind in brackets. */
  text(reader?: Reader, prefix = ""): string {
    const [why, ...next] = this.explain(reader);
    return [`${sentence(prefix + why)} [${this.kind}]`, ...next].join("\n");
  }
}

/** The operation that failed. An error's first line starts with it: `could not create secret "A" (id) in workspace "eu"`. */
export interface Action {
  /** Such as `create secret`. */
  step: string;
  /** The name of the secret, resource or stack. */
  name?: string | undefined;
  id?: string | undefined;
  provider?: string | undefined;
  workspace?: string | undefined;
}

export function actionText({ step, name, id, provider, workspace }: Action): string {
  const nameText = name === undefined ? "" : ` ${quoted(name)}`;
  const idText = id === undefined ? "" : ` (${sanitized(id)})`;
  return `could not ${step}${nameText}${idText}${inWorkspaceText(workspace, provider)}`;
}

const BRAND: unique symbol = Symbol.for("pulumi-elevenlabs.problem");

/** An error for a person. Its message is the text for a reader without a stack, and starts with the operation that failed. */
export class Problem<Facts extends object = object> extends Error {
  override readonly name = "Problem";
  readonly [BRAND] = true;

  constructor(
    readonly content: Message<Facts>,
    readonly action: Action,
  ) {
    super(content.text({}, `${actionText(action)}: `));
  }

  get kind(): string {
    return this.content.kind;
  }

  get facts(): Facts {
    return this.content.facts;
  }

  explain(reader?: Reader): Explanation {
    return this.content.explain(reader);
  }

  text(reader: Reader): string {
    return this.content.text(reader, `${actionText(this.action)}: `);
  }

  /** Don't use `instanceof`: the program's process has this class twice, because the SDK and the provider are separate bundles. */
  static isInstance(error: unknown): error is Problem {
    return BRAND in Object(error);
  }
}

/** A failed check of one input or config key. */
export class CheckFailure<Facts extends object = object> extends Message<Facts> {
  constructor(
    readonly property: string,
    kind: string,
    facts: Facts,
    wording: Wording<Facts>,
  ) {
    super(kind, facts, wording);
  }
}

/** Creates the problems of one kind. */
export interface ProblemKind<Facts extends object> {
  (facts: Facts, action: Action): Problem<Facts>;
  readonly kind: string;
  is(error: unknown): error is Problem<Facts>;
}

/** Declares a kind of problem. The comment above a kind is its documentation in `docs/errors.md`. */
export function problem<Facts extends object>(kind: string, wording: Wording<Facts>): ProblemKind<Facts> {
  const create = (facts: Facts, action: Action) => new Problem(new Message(kind, facts, wording), action);
  const is = (error: unknown): error is Problem<Facts> => Problem.isInstance(error) && error.kind === kind;
  return Object.assign(create, { kind, is });
}

/** Declares a kind of check failure. The engine puts the name of the property before the reason. */
export function checkFailure<Facts extends object>(kind: string, wording: Wording<Facts>) {
  const create = (property: string, facts: Facts) => new CheckFailure(property, kind, facts, wording);
  return Object.assign(create, { kind });
}

/** Declares a kind of warning. */
export function warning<Facts extends object>(kind: string, wording: Wording<Facts>) {
  return Object.assign((facts: Facts) => new Message(kind, facts, wording), { kind });
}

/** Adds a full stop to `text`, unless it already ends with punctuation. */
export function sentence(text: string): string {
  return [".", "!", "?", "…"].some((end) => text.endsWith(end)) ? text : `${text}.`;
}
