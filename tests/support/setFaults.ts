import type { FaultKind } from "pulumi-elevenlabs/emulator";

/** A fault that answers with a status. Without `body`, the answer has the API's form. */
export function status(status: number, body?: string | object): FaultKind {
  return { kind: "status", status, ...(body === undefined ? {} : { body }) };
}
