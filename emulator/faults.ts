import { type ServerResponse, STATUS_CODES } from "node:http";
import type { ApiResponse, Operation } from "./operations/operation";
import type { RecordedRequest } from "./requests";
import { send } from "./send";

/** The requests that a fault affects. Requests that an earlier fault in the queue has affected aren't counted. */
export interface FaultScope {
  /** The operations it affects. Default: every request, including requests to unknown paths. */
  on?: Operation | Operation[];
  /** `true`: only lists with a `search`. `false`: only lists without one. Default: both, and all other operations. */
  search?: boolean;
  /** The workspace whose requests it affects. Default: all. */
  workspace?: string;
  /** How many requests it affects. `Infinity` is allowed. Default: 1. */
  times?: number;
  /** How many matching requests get a normal response first. Default: 0. */
  after?: number;
}

/** The fault. `when: "before"` (the default) means that the write doesn't happen; `"after"` means that the write happens. */
export type FaultKind =
  /** Sends this status. An object `body` is sent as JSON. Default body: an error in the API's format. */
  | {
      kind: "status";
      status: number;
      when?: "before" | "after";
      /** The `Retry-After` header: seconds, or a date. Default: no header. */
      retryAfter?: number | string;
      body?: string | object;
      contentType?: string;
    }
  /** Resets the connection without a response. */
  | { kind: "reset"; when?: "before" | "after" }
  /** Never responds. The connection stays open until the client or `close()` ends it. */
  | { kind: "hang"; when?: "before" | "after" }
  /** Ends the connection after the write, one byte before the end of the response. A 204 becomes a 200 with a body. */
  | { kind: "truncated" }
  /** Sends 200 after the write, with `body` as `application/json`. Default body: a page of HTML, as `text/html`. */
  | { kind: "malformed"; body?: string }
  /** Sends 307 before the write. */
  | { kind: "redirect"; location: string }
  /** Waits `ms` milliseconds before or after the write. The response is the normal one. */
  | { kind: "delay"; ms: number; when?: "before" | "after" };

export type Fault = FaultScope & FaultKind;

type Request = Pick<RecordedRequest, "operation" | "workspace" | "query">;

export class FaultQueue {
  #queue: { fault: Fault; skip: number; left: number }[] = [];

  add(fault: Fault): void {
    if (fault.kind === "status" && STATUS_CODES[fault.status] === undefined) {
      throw new RangeError(`Can't queue a fault with status ${fault.status}: it isn't an HTTP status code.`);
    }
    this.#queue.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#queue = [];
  }

  take(request: Request): Fault | undefined {
    for (const queued of this.#queue) {
      if (queued.left === 0 || !matches(queued.fault, request)) continue;
      if (queued.skip === 0) {
        queued.left -= 1;
        return queued.fault;
      }
      queued.skip -= 1;
    }
    return undefined;
  }
}

function matches({ on, search, workspace }: Fault, request: Request): boolean {
  if (workspace !== undefined && workspace !== request.workspace) return false;
  if (search !== undefined && (request.operation !== "list" || search !== (request.query.search !== undefined))) {
    return false;
  }
  return on === undefined || [on].flat().some((one) => one === request.operation);
}

export function preventsWrite(fault: Fault | undefined): boolean {
  if (fault?.kind === "redirect") return true;
  const canPrevent = fault?.kind === "status" || fault?.kind === "reset" || fault?.kind === "hang";
  return canPrevent && fault.when !== "after";
}

/** Sends the response, changed by the fault if there is one. Returns the status that was sent, if any. */
export function deliver(
  response: ServerResponse,
  apiResponse: ApiResponse,
  fault: Fault | undefined,
): number | undefined {
  switch (fault?.kind) {
    case "status":
      return send(response, statusResponse(fault));
    case "malformed": {
      const { body } = fault;
      const type = body === undefined ? "text/html" : "application/json";
      const html = "<html><body>Not the API</body></html>";
      return send(response, { status: 200, body: body ?? html, headers: { "content-type": type } });
    }
    case "redirect":
      return send(response, { status: 307, headers: { location: fault.location } });
    case "truncated":
      return truncate(response, apiResponse);
    case "reset":
      response.socket?.resetAndDestroy();
      return undefined;
    case "hang":
      return undefined;
    default:
      return send(response, apiResponse);
  }
}

function statusResponse({ status, retryAfter, body, contentType }: FaultKind & { kind: "status" }): ApiResponse {
  const word = status === 429 ? "rate_limit_exceeded" : STATUS_CODES[status]?.toLowerCase().replaceAll(/\W+/g, "_");
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  if (contentType !== undefined) headers["content-type"] = contentType;
  return { status, body: body ?? { detail: { status: word, message: STATUS_CODES[status] } }, headers };
}

function truncate(response: ServerResponse, apiResponse: ApiResponse): number {
  const whole = Buffer.from(JSON.stringify(apiResponse.body ?? {}));
  const status = apiResponse.status === 204 ? 200 : apiResponse.status;
  response.writeHead(status, { "content-type": "application/json", "content-length": whole.length });
  response.write(whole.subarray(0, -1), () => response.socket?.end());
  return status;
}
