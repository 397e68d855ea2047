import { API_WORDING } from "./apiWording.js";
import { type Attempt, attemptText } from "./attempts.js";
import { COMMAND_LINE_WORDING } from "./commandLineWording.js";
import { CONFIG_WORDING } from "./configWording.js";
import { type Reader, sentence, type Wording, type Words } from "./phrases.js";
import { PROGRAM_WORDING } from "./programWording.js";
import { RENDER_WORDING } from "./renderWording.js";
import { CHECK_WORDING, SECRET_WORDING, WARNING_WORDING } from "./secretWording.js";

const PROBLEM_WORDING = {
  ...SECRET_WORDING,
  ...API_WORDING,
  ...CONFIG_WORDING,
  ...PROGRAM_WORDING,
  ...COMMAND_LINE_WORDING,
  ...RENDER_WORDING,
};

type Catalog = Record<string, (facts: never, reader: Reader) => Words>;
type Facts<C extends Catalog, Kind extends keyof C> =
  Parameters<C[Kind]> extends [] ? object : Extract<Parameters<C[Kind]>[0], object>;

/** The kinds of problems. A kind is also the code in brackets in the message, and an anchor in `docs/errors.md`. */
export type ProblemKind = keyof typeof PROBLEM_WORDING;
export type ProblemFacts<Kind extends ProblemKind> = Facts<typeof PROBLEM_WORDING, Kind>;

export type CheckFailureKind = keyof typeof CHECK_WORDING;
export type CheckFailureFacts<Kind extends CheckFailureKind> = Facts<typeof CHECK_WORDING, Kind>;

export type WarningKind = keyof typeof WARNING_WORDING;
export type WarningFacts<Kind extends WarningKind> = Facts<typeof WARNING_WORDING, Kind>;

export const PROBLEM_KINDS = Object.keys(PROBLEM_WORDING) as ProblemKind[];
export const CHECK_FAILURE_KINDS = Object.keys(CHECK_WORDING) as CheckFailureKind[];
export const WARNING_KINDS = Object.keys(WARNING_WORDING) as WarningKind[];

/**
 * An error for a person, as a kind and its facts. The message has at most three lines: the operation that failed and the
 * reason, with the kind in brackets, then the next steps. It contains no secret.
 */
export class Problem<Kind extends ProblemKind = ProblemKind> extends Error {
  override readonly name = "Problem";

  constructor(
    readonly kind: Kind,
    readonly facts: ProblemFacts<Kind>,
    /** The operation that failed. */
    readonly attempt: Attempt,
  ) {
    super(messageOf(kind, facts, attempt, {}));
  }

  /** Whether `error` is a problem of this kind. */
  static is<Kind extends ProblemKind>(error: unknown, kind: Kind): error is Problem<Kind> {
    return error instanceof Problem && error.kind === kind;
  }
}

/** Returns the message of a problem for this reader. */
export function problemText({ kind, facts, attempt }: Problem, reader: Reader = {}): string {
  return messageOf(kind, facts, attempt, reader);
}

/** Returns the reason and the next steps, without the operation that failed. */
export function problemWords({ kind, facts }: Problem, reader: Reader = {}): Words {
  return wordsOf(PROBLEM_WORDING, kind, facts, reader);
}

/** Returns the reason of a check failure. The engine puts the name of the input before it. */
export function checkFailureText({ kind, facts }: { kind: CheckFailureKind; facts: object }): string {
  return linesOf(kind, wordsOf(CHECK_WORDING, kind, facts, {}));
}

export function warningText<Kind extends WarningKind>(kind: Kind, facts: WarningFacts<Kind>): string {
  return linesOf(kind, wordsOf(WARNING_WORDING, kind, facts, {}));
}

function messageOf(kind: ProblemKind, facts: object, attempt: Attempt, reader: Reader): string {
  const { why, next } = wordsOf(PROBLEM_WORDING, kind, facts, reader);
  return linesOf(kind, { why: `${attemptText(attempt)}: ${why}`, next });
}

function linesOf(kind: string, { why, next }: Words): string {
  return [`${sentence(why)} [${kind}]`, ...next].join("\n");
}

function wordsOf(catalog: Catalog, kind: string, facts: object, reader: Reader): Words {
  const wording = catalog[kind] as Wording<object>;
  return wording(facts, reader);
}
