import { describe, expect, test } from "@jest/globals";
import type { Dependent } from "../../provider/api/client";
import { AnsweredError, IdError, KeyError, MalformedAnswerError, UnreachableError } from "../../provider/api/errors";
import { Problem } from "../../provider/messages/problem";
import { actionText, dependentsText, explained, idsText } from "../../provider/secret/explain";
import { Workspace } from "../../provider/workspaces/workspace";

const ACTION = { verb: "update", name: "A", id: "1", workspace: "default" };
const FRESH = { configMayBeStale: false };
const STALE = { configMayBeStale: true };

function workspace(name = "default", keySource: "config" | "environment" = "config"): Workspace {
  const origin = "https://api.example";
  return new Workspace({
    name,
    origin,
    apiKey: "sk_canary",
    keySource,
    timeoutMs: 1,
    maxRetries: 0,
    maxConcurrency: 1,
  });
}

function answered(status: number, words: string | undefined = "Words.", code?: string) {
  return new AnsweredError(status, words, code, undefined, undefined);
}

describe("the first line", () => {
  test.each([
    [{ verb: "create", name: "A", workspace: "default" }, 'could not create secret "A"'],
    [{ verb: "delete", name: "A", id: "1", workspace: "default" }, 'could not delete secret "A" (1)'],
    [{ verb: "read", name: "A", id: "1", workspace: "eu" }, 'could not read secret "A" (1) in workspace "eu"'],
    [{ verb: "list", workspace: "default" }, "could not list the secrets"],
    [
      { verb: "read", name: "\u001b[2J", id: "\n", workspace: "\u202e" },
      'could not read secret "\\u001b[2J" (\\u000a) in workspace "\\u202e"',
    ],
  ])("tells action, secret and workspace, made harmless: %j", (action, text) => {
    expect(actionText(action)).toBe(text);
  });
});

describe("a failed call", () => {
  const key = "pulumi config set --secret elevenlabs:apiKey";
  const euKey = "pulumi config set --secret --path 'elevenlabs:workspaces.eu.apiKey'";
  const failure = "The fault is the API's, and may pass. Run the same command again; what is already done is kept.";
  const reach = "Is https://api.example reachable from here? Run the same command again; what is already done is kept.";

  test.each([
    [
      "no key",
      new KeyError("no key"),
      workspace(),
      FRESH,
      `Set the key: ${key} (or the environment variable ELEVENLABS_API_KEY)`,
    ],
    [
      "no key in what may be the config of before",
      new KeyError("no key"),
      workspace(),
      STALE,
      `Set the environment variable ELEVENLABS_API_KEY. Or set the key: ${key}  and run the same command with --run-program`,
    ],
    [
      "no key of a named workspace in it",
      new KeyError("no key"),
      workspace("eu"),
      STALE,
      `Set the key: ${euKey}  and run the same command with --run-program`,
    ],
    ["no key of a named workspace", new KeyError("no key"), workspace("eu"), FRESH, `Set the key: ${euKey}`],
    [
      "401, key of the config",
      answered(401),
      workspace(),
      FRESH,
      `Set a key of a workspace at https://api.example: ${key}`,
    ],
    [
      "401 of a named workspace",
      answered(401),
      workspace("eu"),
      FRESH,
      `Set a key of a workspace at https://api.example: ${euKey}`,
    ],
    [
      "401, key of the environment",
      answered(401),
      workspace("default", "environment"),
      STALE,
      "Set the environment variable ELEVENLABS_API_KEY to a key of a workspace at https://api.example.",
    ],
    [
      "401, key perhaps of the state",
      answered(401),
      workspace(),
      STALE,
      `The key is that of the last update, kept in the state. Where it was rotated since: the same command with --run-program; else ${key}`,
    ],
    [
      "no permission",
      answered(401, "No", "missing_permissions"),
      workspace(),
      STALE,
      "Give the key the permission to read and write ElevenLabs Agents (workspace secrets), in the settings of ElevenLabs.",
    ],
    [
      "429",
      answered(429),
      workspace(),
      FRESH,
      "Run the same command again later, or with a lower elevenlabs:maxConcurrency.",
    ],
    [
      "429 with what may be the config of before",
      answered(429),
      workspace(),
      STALE,
      "Run the same command again later, or with a lower elevenlabs:maxConcurrency and --run-program.",
    ],
    [
      "no id",
      new IdError("no id"),
      workspace(),
      FRESH,
      "Check the id of the secret; pulumi-elevenlabs list  shows all of them.",
    ],
    [
      "not the API",
      new MalformedAnswerError("HTML"),
      workspace(),
      FRESH,
      "Is the region, or elevenlabs:baseUrl, right, and is no proxy in between? The API was expected at https://api.example.",
    ],
    [
      "not the API, in a named workspace",
      new AnsweredError(404, undefined, undefined, undefined, undefined),
      workspace("eu"),
      FRESH,
      "Is the region, or its baseUrl in elevenlabs:workspaces, right, and is no proxy in between? The API was expected at https://api.example.",
    ],
    ["422", answered(422), workspace(), FRESH, "Correct what the API names, and run the same command again."],
    ["404", answered(404), workspace(), FRESH, "Let the state take notice, then try again: pulumi refresh"],
    ["500", answered(500), workspace(), FRESH, failure],
    ["503", answered(503), workspace(), FRESH, failure],
    ["no connection", new UnreachableError("refused", false, { transient: true }), workspace(), FRESH, reach],
  ])("becomes a problem of two lines that says what to do: %s", (_, error, where, hints, next) => {
    const problem = explained(error, { ...ACTION, workspace: where.name }, where, hints) as Problem;
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.next).toBe(next);
    const lines = problem.message.split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^could not update secret "A" \(1\).*: .*[.!?…]$/);
    expect(problem.message).not.toContain("canary");
    expect(problem.cause).toBeUndefined();
  });

  test("a full stop is added to a reason where it has none", () => {
    const reasons = ["Taken", "Taken.", "Taken?", "Taken!", "Taken…"];
    const lines = reasons.map((reason) => new Problem("could not", reason, "Do this.").message);
    expect(lines).toEqual(
      ["Taken.", "Taken.", "Taken?", "Taken!", "Taken…"].map((end) => `could not: ${end}\nDo this.`),
    );
  });

  test("what is no failure of a call stays as it is", () => {
    for (const other of [new TypeError("bug"), new Problem("could not look", "why", "Do this.")]) {
      expect(explained(other, ACTION, workspace(), FRESH)).toBe(other);
    }
  });
});

describe("dependents", () => {
  test.each<[string, Dependent[], string]>([
    ["none", [], ""],
    ["with access: kind, name and id", [{ kind: "agents", id: "a1", name: "Support" }], 'agent "Support" (a1)'],
    ["without access: kind and id", [{ kind: "mcp_servers", id: "m1" }], "MCP server m1"],
    [
      "without an id: the word",
      [{ kind: "others", name: "conversation initiation webhook" }],
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
      "made harmless",
      [
        { kind: "agents", id: "\n", name: "\u001b" },
        { kind: "others", name: "\u0007" },
      ],
      'agent "\\u001b" (\\u000a), \\u0007',
    ],
  ])("%s", (_, dependents, text) => expect(dependentsText(dependents)).toBe(text));
});

test("ids are listed and made harmless", () => {
  expect(
    idsText([
      { id: "1", name: "A" },
      { id: "\u001b", name: "A" },
    ]),
  ).toBe("1, \\u001b");
});
