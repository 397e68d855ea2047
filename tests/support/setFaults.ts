import type { FaultKind } from "pulumi-elevenlabs/emulator";

/** Answers with a status; without a body, in a form of the API's own. */
export function status(status: number, body?: string | object): FaultKind {
  return { kind: "status", status, ...(body === undefined ? {} : { body }) };
}
