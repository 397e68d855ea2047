import type { Operation } from "./operations/operation";

/** A request that has arrived completely. It never contains an API key, a secret's value or a body. */
export interface RecordedRequest {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined if the API has no such path or method. */
  readonly operation: Operation | undefined;
  /** The API key's workspace. Undefined if the key is missing or unknown. */
  readonly workspace: string | undefined;
  /** The status of the response. Undefined until it is sent, and if a fault prevents it. */
  status: number | undefined;
  /** The kind of the fault that affected it, if any. */
  fault?: string;
}

interface Waiting {
  predicate: (request: RecordedRequest) => boolean;
  resolve: (request: RecordedRequest) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  readonly #waiting = new Set<Waiting>();

  arrived(request: RecordedRequest): void {
    this.requests.push(request);
    this.#notify(request);
  }

  responded(request: RecordedRequest, status: number): void {
    request.status = status;
    this.#notify(request);
  }

  wait(predicate: Waiting["predicate"], timeoutMs: number): Promise<RecordedRequest> {
    const already = this.requests.find(predicate);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`No matching request arrived within ${timeoutMs} ms.`)),
        timeoutMs,
      );
      this.#waiting.add({ predicate, resolve, reject, timer });
    });
  }

  close(): void {
    for (const { timer, reject } of this.#waiting) {
      clearTimeout(timer);
      reject(new Error("The emulator was closed before a matching request arrived."));
    }
  }

  #notify(request: RecordedRequest): void {
    for (const waiting of [...this.#waiting].filter(({ predicate }) => predicate(request))) {
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
      waiting.resolve(request);
    }
  }
}
