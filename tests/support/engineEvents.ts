import { readFile } from "node:fs/promises";

export interface Diagnostic {
  severity: string;
  message: string;
  /** The logical name of the resource that it is about. */
  about?: string | undefined;
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

/** What the engine did to the resources of one type, and what it said, from its own log. */
export async function readEvents(file: string, type: string) {
  const text = await readFile(file, "utf8").catch(() => "");
  const events = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);

  const steps: Record<string, string> = {};
  const changes: Record<string, number> = {};
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    // A refresh tells only afterwards what it found.
    const isRefresh = resourcePreEvent?.metadata.op === "refresh";
    const step = resourcePreEvent && !isRefresh ? resourcePreEvent : resOutputsEvent;
    if (!step || step.metadata.type !== type) continue;
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
