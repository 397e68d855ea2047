import { expect } from "@jest/globals";
import type { Canary } from "./canary";
import type { Run } from "./testStack";

/** With --continue-on-error, Pulumi's SDK adds its own error to the error of a resource, with a stack trace. */
const OF_THE_SDK = /^(error: )?Error: resource \S+ \[\S+\] failed to register(\n\s+at .*)*\n?/gm;
/** The line that the provider process prints for an error that the engine shows. */
const POINTER =
  /^elevenlabs:WorkspaceSecret: (diff|read|delete) of \S+: failed; the error is shown with its resource\n?/gm;

/**
 * Expects exactly one error about a resource: of this kind, and with a message that contains each of these facts. The errors
 * of the program itself have no resource.
 */
export function expectError(
  run: Run,
  resource: string | undefined,
  { kind, facts }: { kind: string; facts: string[] },
): void {
  expect(run.code).not.toBe(0);
  const errors = run.problems.filter((problem) => problem.severity === "error" && problem.resource === resource);
  const found = errors.map(({ kind, message }) => {
    return { resource, kind, message, missing: facts.filter((fact) => !message.includes(fact)) };
  });
  expect(found).toEqual([{ resource, kind, message: expect.any(String), missing: [] }]);
}

/**
 * Returns the errors and warnings of a run by resource, as the CLI shows them. Also checks their format: at most three lines
 * each, no stack trace, no secret.
 */
export function tidyProblems(run: Run, secrets: Canary[]): Record<string, string> {
  const messages = run.diagnostics
    .filter(({ severity }) => ["error", "warning"].includes(severity))
    .map(({ message }) => message.replaceAll(OF_THE_SDK, ""));
  expect(messages.filter((message) => message.split("\n").length > 3)).toEqual([]);
  expect(secrets.flatMap((secret) => secret.foundIn(run.output))).toEqual([]);
  const problems = Object.entries(shownProblems(run.output))
    .map(([name, text]) => [name, text.replaceAll(OF_THE_SDK, "").replaceAll(POINTER, "").trim()] as const)
    .filter(([, text]) => text);
  expect(problems.filter(([, text]) => /^\s*at /m.test(text))).toEqual([]);
  return Object.fromEntries(problems);
}

/**
 * The messages that the CLI shows under `Diagnostics`, by the resource's logical name, with the same ids and ports in every
 * run. Omits debug lines and the engine's last line about a failed run.
 */
export function shownProblems(output: string): Record<string, string> {
  const [, section = ""] = output.split(/^Diagnostics:$/m);
  const [diagnostics = ""] = section.split(/^(?:Resources|Outputs|Duration):/m);
  const problems: Record<string, string> = {};
  let name = "";
  for (const line of diagnostics.split("\n")) {
    const header = /^ {2}\S+ \((.+)\):$/.exec(line);
    const text = line.slice(4).trimEnd();
    if (header?.[1]) name = header[1];
    else if (text && !/^(?:debug: |error: (?:update|preview) failed$)/.test(text)) {
      problems[name] = `${problems[name] === undefined ? "" : `${problems[name]}\n`}${normalised(text)}`;
    }
  }
  return problems;
}

function normalised(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "ID")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "REQUEST")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT");
}
