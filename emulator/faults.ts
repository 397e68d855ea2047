import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Answer, Operation } from "./operations/operation";
import type { RecordedRequest } from "./requests";
import { send } from "./send";

/** Which requests a fault meets. A fault counts the requests that no fault queued before it took. */
export interface FaultScope {
  /** Default: any request, also to an unknown path. */
  on?: Operation | Operation[];
  /** Of lists, only searches, or only those without one. Default: either. */
  search?: boolean;
  /** The workspace whose requests it meets. Default: any. */
  workspace?: string;
  /** How many requests it meets. Default: 1; may be `Infinity`. */
  times?: number;
  /** How many such requests pass untouched first. Default: 0. */
  after?: number;
}

/** What goes wrong. `when` is before the write (the default), so that it never happens, or after it. */
export type FaultKind =
  /** Answers with a status. A body that is an object is sent as JSON, one left out has the API's shape. */
  | {
      kind: "status";
      status: number;
      when?: "before" | "after";
      retryAfter?: number | string;
      body?: string | object;
      contentType?: string;
    }
  /** Resets the connection without an answer. */
  | { kind: "reset"; when?: "before" | "after" }
  /** Never answers; the connection ends with the client or with `close()`. */
  | { kind: "hang"; when?: "before" | "after" }
  /** After the write, ends the connection before the end of the answer. A 204 becomes a 200, as it has nothing to cut. */
  | { kind: "truncated" }
  /** After the write, answers 200 with another body: HTML, or `body`, which is called JSON. */
  | { kind: "malformed"; body?: string }
  /** Answers 307 before the write. */
  | { kind: "redirect"; location: string }
  /** Waits; the answer is the ordinary one. */
  | { kind: "delay"; ms: number; when?: "before" | "after" };

export type Fault = FaultScope & FaultKind;

type Request = Pick<RecordedRequest, "operation" | "workspace" | "query">;

export class FaultQueue {
  #queue: { fault: Fault; pass: number; left: number }[] = [];

  add(fault: Fault): void {
    if (fault.kind === "status" && STATUS_CODES[fault.status] === undefined) {
      throw new RangeError(`A fault cannot answer status ${fault.status}`);
    }
    this.#queue.push({ fault, pass: fault.after ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#queue = [];
  }

  take(request: Request): Fault | undefined {
    for (const queued of this.#queue) {
      if (queued.left === 0 || !meets(queued.fault, request)) continue;
      if (queued.pass === 0) {
        queued.left -= 1;
        return queued.fault;
      }
      queued.pass -= 1;
    }
    return undefined;
  }
}

function meets({ on, search, workspace }: Fault, request: Request): boolean {
  if (workspace !== undefined && workspace !== request.workspace) return false;
  if (search !== undefined && (request.operation !== "list" || search !== (request.query.search !== undefined))) {
    return false;
  }
  return on === undefined || [on].flat().some((one) => one === request.operation);
}

/** Whether the write never happens. */
export function forestalls(fault: Fault | undefined): boolean {
  if (fault?.kind === "redirect") return true;
  const mayForestall = fault?.kind === "status" || fault?.kind === "reset" || fault?.kind === "hang";
  return mayForestall && fault.when !== "after";
}

/** Spoils an answer on its way out; gives the status sent, if any. */
export function deliver(response: ServerResponse, answer: Answer, fault: Fault | undefined): number | undefined {
  switch (fault?.kind) {
    case "status":
      return send(response, statusAnswer(fault));
    case "malformed": {
      const { body } = fault;
      const type = body === undefined ? "text/html" : "application/json";
      const html = "<html><body>Not the API</body></html>";
      return send(response, { status: 200, body: body ?? html, headers: { "content-type": type } });
    }
    case "redirect":
      return send(response, { status: 307, headers: { location: fault.location } });
    case "truncated":
      return cut(response, answer);
    case "reset":
      response.socket?.resetAndDestroy();
      return undefined;
    case "hang":
      return undefined;
    default:
      return send(response, answer);
  }
}

function statusAnswer({ status, retryAfter, body, contentType }: FaultKind & { kind: "status" }): Answer {
  const word = status === 429 ? "rate_limit_exceeded" : STATUS_CODES[status]?.toLowerCase().replaceAll(/\W+/g, "_");
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  if (contentType !== undefined) headers["content-type"] = contentType;
  return { status, body: body ?? { detail: { status: word, message: STATUS_CODES[status] } }, headers };
}

function cut(response: ServerResponse, answer: Answer): number {
  const whole = Buffer.from(JSON.stringify(answer.body ?? {}));
  const status = answer.status === 204 ? 200 : answer.status;
  response.writeHead(status, { "content-type": "application/json", "content-length": whole.length });
  response.write(whole.subarray(0, -1), () => response.socket?.end());
  return status;
}
