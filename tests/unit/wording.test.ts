import { describe, expect, jest, test } from "@jest/globals";
import type { Dependent } from "../../provider/api/client";
import { invalidConfig } from "../../provider/messages/config";
import { type Action, actionText, Problem, sentence } from "../../provider/messages/problem";
import { inUse, secretGone } from "../../provider/messages/secret";
import { dependentsText, idsText } from "../../provider/messages/text";
import { FOLLOWED_ADVICE, NO_ADVICE } from "./followedAdvice";
import {
  ALL_KINDS,
  CHECK_FAILURE_EXAMPLES,
  EXAMPLES,
  PROBLEM_EXAMPLES,
  type ShownExample,
  WARNING_EXAMPLES,
} from "./messageExamples";

// Only these tests check wording: all others assert kinds. The messages are in the snapshot file; read them as a user would.

test("every kind has an example", () => {
  const names = new Set(EXAMPLES.map(({ name }) => name));
  expect([...names].sort()).toEqual(ALL_KINDS.map(([name]) => name).sort());
});

describe.each([
  ["problem", PROBLEM_EXAMPLES],
  ["check failure", CHECK_FAILURE_EXAMPLES],
  ["warning", WARNING_EXAMPLES],
])("the message of a %s", (_, messages) => {
  test.each(messages.map(({ kind, title, text }) => [kind, title, text]))("%s: %s", (_kind, _title, text) => {
    expect(text).toMatchSnapshot();
  });

  test("a message has at most three lines", () => {
    expect(messages.filter(({ text }) => text.split("\n").length > 3)).toEqual([]);
  });

  test("a message with a next step is in the list of followed advice", () => {
    const advising = messages.filter(({ text }) => text.includes("\n")).map(({ kind }) => kind);
    expect(advising.filter((kind) => FOLLOWED_ADVICE[kind] === NO_ADVICE)).toEqual([]);
  });

  test("the first line ends with a full sentence and the kind in brackets", () => {
    const isWrong = ({ kind, text }: ShownExample) => {
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
  const byKind = Map.groupBy(ALL_KINDS, ([, { kind }]) => kind);
  const names = [...byKind.values()]
    .filter(({ length }) => length > 1)
    .map((same) => same.map(([name]) => name).sort());
  expect(names).toEqual([["ownedByOther", "ownedByOtherAtCheck"]]);
});

/** The names of all facts, at any depth. */
function namesIn(facts: unknown): string[] {
  if (typeof facts !== "object" || facts === null) return [];
  return Object.entries(facts).flatMap(([name, fact]) => [...(Array.isArray(facts) ? [] : [name]), ...namesIn(fact)]);
}

describe("a problem", () => {
  const action: Action = { step: "create secret", name: "CRM" };

  test("a problem about a base URL never shows the URL", () => {
    const place = { variable: "ELEVENLABS_BASE_URL" };
    const faults = [{ kind: "base-url-invalid", place, fault: "has-credentials" }] as const;
    expect(Object.keys(faults[0])).not.toContain("given");
    expect(invalidConfig({ faults: [...faults] }, action).message).not.toMatch(/http:.*@/);
  });

  test("a problem has the message for a reader without a stack", () => {
    const problem = secretGone({}, action);
    expect(problem.message).toBe(problem.text({}));
    expect(problem.message).not.toContain("--stack");
  });

  test("a problem has no cause, which could show more than its message", () => {
    expect(secretGone({}, action).cause).toBeUndefined();
  });

  test("a problem is identified by its kind", () => {
    const problem = secretGone({}, action);
    expect([secretGone.is(problem), inUse.is(problem)]).toEqual([true, false]);
    expect(secretGone.is(new Error("secret-gone"))).toBe(false);
  });

  test("a problem of another copy of the package is recognized", () => {
    jest.isolateModules(() => {
      const copy = require("../../provider/messages/secret") as { secretGone: typeof secretGone };
      const problem: unknown = copy.secretGone({}, action);
      expect([problem instanceof Problem, Problem.isInstance(problem)]).toEqual([false, true]);
      expect([secretGone.is(problem), inUse.is(problem)]).toEqual([true, false]);
    });
  });
});

describe("the description of an action", () => {
  test.each<[Action, string]>([
    [{ step: "create secret", name: "A", workspace: "default" }, 'could not create secret "A"'],
    [{ step: "read secret", name: "A", id: "1", workspace: "eu" }, 'could not read secret "A" (1) in workspace "eu"'],
    [{ step: "update secret", name: "A", id: "1" }, 'could not update secret "A" (1)'],
    [{ step: "delete secret", name: "A", id: "1", workspace: "default" }, 'could not delete secret "A" (1)'],
    [{ step: "import secret", name: "A" }, 'could not import secret "A"'],
    [{ step: "look up secret", name: "A", workspace: "eu" }, 'could not look up secret "A" in workspace "eu"'],
    [{ step: "list the dependents of secret", name: "A" }, 'could not list the dependents of secret "A"'],
    [{ step: "list the secrets", workspace: "default" }, "could not list the secrets"],
    [{ step: "list the secrets", workspace: "eu" }, 'could not list the secrets in workspace "eu"'],
    [{ step: "compare secret", name: "A", id: "1" }, 'could not compare secret "A" (1)'],
    [{ step: "compare the secrets" }, "could not compare the secrets"],
    [{ step: "adopt the secrets", workspace: "eu" }, 'could not adopt the secrets in workspace "eu"'],
    [{ step: "use the config" }, "could not use the config"],
    [{ step: "read config app:secrets" }, "could not read config app:secrets"],
    [{ step: "declare WorkspaceSecret" }, "could not declare WorkspaceSecret"],
    [{ step: "declare WorkspaceSecret", name: "a" }, 'could not declare WorkspaceSecret "a"'],
    [{ step: "declare WorkspaceSecrets", name: "a" }, 'could not declare WorkspaceSecrets "a"'],
    [{ step: "run the program" }, "could not run the program"],
    [{ step: "call the mock of", name: "m" }, 'could not call the mock of "m"'],
    [{ step: "call the API" }, "could not call the API"],
    [{ step: "read the stack" }, "could not read the stack"],
    [{ step: "read stack", name: "prod" }, 'could not read stack "prod"'],
    [{ step: "read the state of stack", name: "prod" }, 'could not read the state of stack "prod"'],
    [{ step: "preview stack", name: "prod" }, 'could not preview stack "prod"'],
    [{ step: "set config", name: "app:x" }, 'could not set config "app:x"'],
    [{ step: "render", name: "agents" }, 'could not render "agents"'],
    [{ step: "ask for values" }, "could not ask for values"],
    [{ step: "listen on port 80" }, "could not listen on port 80"],
    [{ step: "start pulumi-elevenlabs" }, "could not start pulumi-elevenlabs"],
    [{ step: "run pulumi-elevenlabs" }, "could not run pulumi-elevenlabs"],
    [{ step: "run pulumi-elevenlabs list" }, "could not run pulumi-elevenlabs list"],
    [
      { step: "read secret", name: "\u001b[2J", id: "\n", workspace: "\u202e" },
      'could not read secret "\\u001b[2J" (\\u000a) in workspace "\\u202e"',
    ],
  ])("the action %j has a description", (action, text) => expect(actionText(action)).toBe(text));
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
