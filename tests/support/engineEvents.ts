import { readFile } from "node:fs/promises";

export interface Diagnostic {
  severity: string;
  message: string;
  /** The logical name of the resource that the message belongs to. */
  about?: string | undefined;
}

/** An error or a warning from this package. The kind is the code in brackets at the end of its first line. */
export interface ShownProblem {
  severity: "error" | "warning";
  kind: string;
  /** The logical name of the resource with the problem. */
  resource: string | undefined;
  message: string;
}

/** The problems in the engine's messages, each one once. */
export function problemsIn(diagnostics: Diagnostic[]): ShownProblem[] {
  const problems = new Map<string, ShownProblem>();
  for (const { severity, message, about } of diagnostics) {
    if (severity !== "error" && severity !== "warning") continue;
    // A message may contain several problems: a failed check of several inputs is one message.
    for (const [, kind = ""] of message.matchAll(/\[([a-z]+(?:-[a-z]+)*)\]$/gm)) {
      const problem: ShownProblem = { severity, kind, resource: about, message };
      problems.set(JSON.stringify([severity, kind, about, message]), problem);
    }
  }
  return [...problems.values()];
}

interface Step {
  metadata: { op: string; urn: string; type: string };
}

interface EngineEvent {
  resourcePreEvent?: Step;
  resOutputsEvent?: Step;
  resOpFailedEvent?: Step;
  diagnosticEvent?: { severity: string; message: string; urn?: string; ephemeral?: boolean };
}

/** Reads the engine's log: the steps of resources of certain types, and the messages. */
export async function readEvents(file: string, isOfInterest: (type: string) => boolean) {
  const text = await readFile(file, "utf8").catch(() => "");
  const events = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);

  const steps: Record<string, string> = {};
  const changes: Record<string, number> = {};
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    // For a refresh, only the event after the step has the result.
    const isRefresh = resourcePreEvent?.metadata.op === "refresh";
    const step = resourcePreEvent && !isRefresh ? resourcePreEvent : resOutputsEvent;
    if (!step || !isOfInterest(step.metadata.type)) continue;
    const { op, urn } = step.metadata;
    const name = urn.split("::").at(-1) ?? "";
    if (resOutputsEvent && steps[name] !== undefined) continue;
    steps[name] ??= op;
    changes[op] = (changes[op] ?? 0) + 1;
  }
  const diagnostics: Diagnostic[] = events
    .flatMap(({ diagnosticEvent }) => (diagnosticEvent && !diagnosticEvent.ephemeral ? [diagnosticEvent] : []))
    .map(({ severity, message, urn }) => ({
      severity,
      message: message.replaceAll(/<\{%[^%]*%\}>/g, "").trimEnd(),
      about: urn?.split("::").at(-1),
    }));
  return { steps, changes, diagnostics };
}
