import type { Operation } from "./operations/operation";

/** A request that arrived whole. Never holds a key, a value or a body. */
export interface RecordedRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined where path or method are none of the API's. */
  readonly operation: Operation | undefined;
  /** The key's workspace; undefined where the key is missing or unknown. */
  readonly workspace: string | undefined;
  /** Undefined until answered, and for good where a fault left it without an answer. */
  status: number | undefined;
  /** The kind of the fault it met. */
  fault?: string;
}

interface Waiting {
  predicate: (request: RecordedRequest) => boolean;
  resolve: (request: RecordedRequest) => void;
  reject: (error: Error) => void;
  late: NodeJS.Timeout;
}

export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  readonly #waiting = new Set<Waiting>();

  arrived(request: RecordedRequest): void {
    this.requests.push(request);
    this.#tell(request);
  }

  answered(request: RecordedRequest, status: number): void {
    request.status = status;
    this.#tell(request);
  }

  wait(predicate: Waiting["predicate"], timeoutMs: number): Promise<RecordedRequest> {
    const already = this.requests.find(predicate);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`No such request within ${timeoutMs} ms`)), timeoutMs);
      this.#waiting.add({ predicate, resolve, reject, late });
    });
  }

  close(): void {
    for (const { late, reject } of this.#waiting) {
      clearTimeout(late);
      reject(new Error("The emulator was closed before such a request"));
    }
  }

  #tell(request: RecordedRequest): void {
    for (const waiting of [...this.#waiting].filter(({ predicate }) => predicate(request))) {
      clearTimeout(waiting.late);
      this.#waiting.delete(waiting);
      waiting.resolve(request);
    }
  }
}
