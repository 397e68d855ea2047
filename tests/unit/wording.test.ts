import { describe, expect, test } from "@jest/globals";
import type { Dependent } from "../../provider/api/client";
import { type Attempt, attemptText } from "../../provider/messages/attempts";
import { dependentsText, idsText, sentence } from "../../provider/messages/phrases";
import {
  CHECK_FAILURE_KINDS,
  type CheckFailureKind,
  checkFailureText,
  PROBLEM_KINDS,
  Problem,
  type ProblemKind,
  problemText,
  WARNING_KINDS,
  type WarningKind,
  warningText,
} from "../../provider/messages/problem";
import { CHECK_FAILURES, PROBLEMS, type ProblemExample, WARNINGS } from "./messageExamples";

// Only these tests check wording: all others assert kinds. The messages are in the snapshot file; read them as a user would.

interface Message {
  kind: string;
  title: string;
  facts: object;
  text: string;
}

const problems: Message[] = entries(PROBLEMS as Record<ProblemKind, Record<string, ProblemExample>>).map(
  ({ kind, title, example }) => {
    const problem = new Problem(kind as ProblemKind, example.facts as never, example.attempt);
    return { kind, title, facts: example.facts, text: problemText(problem, example.reader) };
  },
);

const checkFailures: Message[] = entries(CHECK_FAILURES as Record<CheckFailureKind, Record<string, object>>).map(
  ({ kind, title, example: facts }) => {
    return { kind, title, facts, text: checkFailureText({ kind: kind as CheckFailureKind, facts }) };
  },
);

const warnings: Message[] = entries(WARNINGS as Record<WarningKind, Record<string, object>>).map(
  ({ kind, title, example: facts }) => {
    return { kind, title, facts, text: warningText(kind as WarningKind, facts as never) };
  },
);

function entries<Example>(examples: Record<string, Record<string, Example>>) {
  return Object.entries(examples).flatMap(([kind, byTitle]) =>
    Object.entries(byTitle).map(([title, example]) => ({ kind, title, example })),
  );
}

describe.each([
  ["problem", problems, PROBLEM_KINDS],
  ["check failure", checkFailures, CHECK_FAILURE_KINDS],
  ["warning", warnings, WARNING_KINDS],
])("the message of a %s", (_, messages, kinds) => {
  test("every kind has an example", () => {
    expect([...new Set(messages.map(({ kind }) => kind))].sort()).toEqual([...kinds].sort());
  });

  test.each(messages.map(({ kind, title, text }) => [kind, title, text]))("%s: %s", (_kind, _title, text) => {
    expect(text).toMatchSnapshot();
  });

  test("a message has at most three lines", () => {
    expect(messages.filter(({ text }) => text.split("\n").length > 3)).toEqual([]);
  });

  test("the first line ends with a full sentence and the kind in brackets", () => {
    const isWrong = ({ kind, text }: Message) => {
      const [first = ""] = text.split("\n");
      const end = ` [${kind}]`;
      return !first.endsWith(end) || !/[.!?…]$/.test(first.slice(0, -end.length));
    };
    expect(messages.filter(isWrong)).toEqual([]);
  });

  test("a message has no control characters", () => {
    expect(messages.filter(({ text }) => /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text.replaceAll("\n", "")))).toEqual([]);
  });

  test("a message has no fact that may contain a secret", () => {
    const names = messages.flatMap(({ facts }) => namesIn(facts));
    const mayBeSecret = /^(values?|apikeys?|secret|password|token|headers?|body|digests?|stacktrace)$/i;
    expect(names.filter((name) => mayBeSecret.test(name))).toEqual([]);
  });
});

test("only owned-by-other is both a problem and a check failure", () => {
  const byKind = Map.groupBy([...PROBLEM_KINDS, ...CHECK_FAILURE_KINDS, ...WARNING_KINDS], (kind) => kind);
  expect([...byKind.values()].filter(({ length }) => length > 1)).toEqual([["owned-by-other", "owned-by-other"]]);
});

/** The names of all facts, at any depth. */
function namesIn(facts: unknown): string[] {
  if (typeof facts !== "object" || facts === null) return [];
  return Object.entries(facts).flatMap(([name, fact]) => [...(Array.isArray(facts) ? [] : [name]), ...namesIn(fact)]);
}

describe("a problem", () => {
  const attempt: Attempt = { step: "create", name: "CRM" };

  test("a problem about a base URL never shows the URL", () => {
    const place = { variable: "ELEVENLABS_BASE_URL" };
    const faults = [{ kind: "base-url-invalid", place, fault: "has-credentials" }] as const;
    expect(Object.keys(faults[0])).not.toContain("given");
    expect(new Problem("invalid-config", { faults: [...faults] }, attempt).message).not.toMatch(/http:.*@/);
  });

  test("a problem has the message for a reader without a stack", () => {
    const problem = new Problem("secret-gone", {}, attempt);
    expect(problem.message).toBe(problemText(problem));
    expect(problem.message).not.toContain("--stack");
  });

  test("a problem has no cause, which could show more than its message", () => {
    expect(new Problem("secret-gone", {}, attempt).cause).toBeUndefined();
  });

  test("a problem is identified by its kind", () => {
    const problem = new Problem("secret-gone", {}, attempt);
    expect([Problem.is(problem, "secret-gone"), Problem.is(problem, "in-use")]).toEqual([true, false]);
    expect(Problem.is(new Error("secret-gone"), "secret-gone")).toBe(false);
  });
});

describe("the description of an attempt", () => {
  test.each<[Attempt, string]>([
    [{ step: "create", name: "A", workspace: "default" }, 'could not create secret "A"'],
    [{ step: "read", name: "A", id: "1", workspace: "eu" }, 'could not read secret "A" (1) in workspace "eu"'],
    [{ step: "update", name: "A", id: "1" }, 'could not update secret "A" (1)'],
    [{ step: "delete", name: "A", id: "1", workspace: "default" }, 'could not delete secret "A" (1)'],
    [{ step: "import", name: "A" }, 'could not import secret "A"'],
    [{ step: "lookUp", name: "A", workspace: "eu" }, 'could not look up secret "A" in workspace "eu"'],
    [{ step: "listDependents", name: "A" }, 'could not list the dependents of secret "A"'],
    [{ step: "list", workspace: "default" }, "could not list the secrets"],
    [{ step: "list", workspace: "eu" }, 'could not list the secrets in workspace "eu"'],
    [{ step: "compare", name: "A", id: "1" }, 'could not compare secret "A" (1)'],
    [{ step: "compareAll" }, "could not compare the secrets"],
    [{ step: "adopt", workspace: "eu" }, 'could not adopt the secrets in workspace "eu"'],
    [{ step: "useConfig" }, "could not use the config"],
    [{ step: "readConfigKey", name: "app:secrets" }, "could not read config app:secrets"],
    [{ step: "declareSecret" }, "could not declare WorkspaceSecret"],
    [{ step: "declareSecret", name: "a" }, 'could not declare WorkspaceSecret "a"'],
    [{ step: "declareSecrets", name: "a" }, 'could not declare WorkspaceSecrets "a"'],
    [{ step: "runProgram" }, "could not run the program"],
    [{ step: "callMock", name: "m" }, 'could not call the mock of "m"'],
    [{ step: "callApi" }, "could not call the API"],
    [{ step: "readStack" }, "could not read the stack"],
    [{ step: "readStack", name: "prod" }, 'could not read stack "prod"'],
    [{ step: "readState", name: "prod" }, 'could not read the state of stack "prod"'],
    [{ step: "preview", name: "prod" }, 'could not preview stack "prod"'],
    [{ step: "setConfig", name: "app:x" }, 'could not set config "app:x"'],
    [{ step: "render", name: "agents" }, 'could not render "agents"'],
    [{ step: "askForValues" }, "could not ask for values"],
    [{ step: "serve", name: "80" }, "could not listen on port 80"],
    [{ step: "start" }, "could not start pulumi-elevenlabs"],
    [{ step: "runCommand" }, "could not run pulumi-elevenlabs"],
    [{ step: "runCommand", name: "list" }, "could not run pulumi-elevenlabs list"],
    [
      { step: "read", name: "\u001b[2J", id: "\n", workspace: "\u202e" },
      'could not read secret "\\u001b[2J" (\\u000a) in workspace "\\u202e"',
    ],
  ])("the attempt %j has a description", (attempt, text) => expect(attemptText(attempt)).toBe(text));
});

test("a full stop is added to a message that doesn't end a sentence", () => {
  expect(["Taken", "Taken.", "Taken?", "Taken!", "Taken…"].map(sentence)).toEqual([
    "Taken.",
    "Taken.",
    "Taken?",
    "Taken!",
    "Taken…",
  ]);
});

describe("dependents", () => {
  test.each<[string, Dependent[], string]>([
    ["none", [], ""],
    ["with access: kind, name and id", [{ kind: "agents", id: "a1", name: "Support" }], 'agent "Support" (a1)'],
    ["without access: kind and id", [{ kind: "mcp_servers", id: "m1" }], "MCP server m1"],
    [
      "without an id: the API's term",
      [{ kind: "others", name: "conversation_initiation_webhook" }],
      "conversation initiation webhook",
    ],
    ["without even a word", [{ kind: "others" }], "something else"],
    [
      "several, in order",
      [
        { kind: "tools", id: "t1", name: 'a "b"' },
        { kind: "phone_numbers", id: "p1", name: "+1555" },
      ],
      'tool "a \\"b\\"" (t1), phone number "+1555" (p1)',
    ],
    [
      "with control characters, escaped",
      [
        { kind: "agents", id: "\n", name: "\u001b" },
        { kind: "others", name: "\u0007" },
      ],
      'agent "\\u001b" (\\u000a), \\u0007',
    ],
  ])("a message lists dependents: %s", (_, dependents, text) => expect(dependentsText(dependents)).toBe(text));
});

test("a message lists ids, with control characters escaped", () => {
  expect(
    idsText([
      { id: "1", name: "A" },
      { id: "\u001b", name: "A" },
    ]),
  ).toBe("1, \\u001b");
});
