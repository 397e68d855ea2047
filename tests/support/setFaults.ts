import type { FaultKind } from "pulumi-elevenlabs/emulator";

/** A fault that returns a status. Without `body`, the response has the API's format. */
export function status(status: number, body?: string | object): FaultKind {
  return { kind: "status", status, ...(body === undefined ? {} : { body }) };
}
