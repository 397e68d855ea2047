import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ErrorResponse, invalidApiKey, missingPermission } from "./errorResponses";
import { deliver, type Fault, FaultQueue, preventsWrite } from "./faults";
import { Limits } from "./limits";
import type { ApiResponse, Call } from "./operations/operation";
import type { EmulatorOptions, KeyOptions } from "./options";
import { type RecordedRequest, RequestLog } from "./requests";
import { type Route, route } from "./routes";
import { type EmulatedWorkspace, Workspace } from "./secretStore";
import { parseJson } from "./validation";

/** A running emulator. */
export interface Emulator {
  /** The base URL, for example `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The first of its API keys. */
  readonly apiKey: string;
  /** Every request, in order of arrival. */
  readonly requests: RecordedRequest[];
  /** Returns a workspace, and creates it if it doesn't exist yet. Default: `"default"`. */
  workspace(name?: string): EmulatedWorkspace;
  /** Queues a fault. At most one fault affects a request. A request refused by a rate limit doesn't use a fault. */
  fault(fault: Fault): void;
  /** Removes all faults from the queue. */
  clearFaults(): void;
  /**
   * Waits for the first matching request, and resolves at once if it has already arrived. The predicate runs when a
   * request arrives and again when its response is sent. In both cases the write is already done, unless a fault prevents or
   * delays it. Rejects on `close()` and after `timeoutMs` milliseconds (default: 10,000).
   */
  waitForRequest(predicate: (request: RecordedRequest) => boolean, timeoutMs?: number): Promise<RecordedRequest>;
  /** Stops the server and ends all connections, including those that hang. */
  close(): Promise<void>;
}

interface LimitedWorkspace {
  workspace: Workspace;
  limits: Limits;
}

/** Starts an HTTP server on 127.0.0.1 that emulates the workspace-secret API. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, latencyMs = 0, uniqueNames = true, inUseStatus = 409, forcePageSize } = options;
  const { normalizeName = (name) => name } = options;
  const rules = { uniqueNames, normalizeName, inUseStatus, forcePageSize };
  const keys = new Map(Object.entries(options.keys ?? { sk_emulator: {} }));
  const [apiKey] = keys.keys();
  if (apiKey === undefined) throw new Error("The emulator requires at least one API key in `keys`.");
  const workspaces = new Map<string, LimitedWorkspace>();
  const faults = new FaultQueue();
  const log = new RequestLog();
  const closing = new AbortController();

  function workspaceNamed(name = "default"): LimitedWorkspace {
    const known = workspaces.get(name) ?? { workspace: new Workspace(options.listLagMs), limits: new Limits(options) };
    workspaces.set(name, known);
    return known;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;

    // Don't await between here and the write: a request that `waitForRequest` returns must already be written.
    const { method = "", url = "", headers } = request;
    const [path = "", search] = url.split(/\?(.*)/s);
    const query = Object.fromEntries(new URLSearchParams(search));
    const key = keys.get(String(headers["xi-api-key"]));
    const found = route(method, path);
    const operation = found instanceof ErrorResponse ? undefined : found.definition.operation;
    const workspace = key && (key.workspace ?? "default");
    const record: RecordedRequest = { method, path, query, operation, workspace, status: undefined };
    log.arrived(record);

    const started = key && workspaceNamed(workspace).limits.start();
    const refusal = started instanceof ErrorResponse ? started : undefined;
    if (started instanceof Function) response.once("close", started);
    const fault = refusal ? undefined : faults.take(record);
    if (fault) record.fault = fault.kind;

    const pause = fault?.kind === "delay" ? fault : undefined;
    if (pause && pause.when !== "after") await sleep(pause.ms, undefined, { signal: closing.signal });
    const json = () => parseJson(headers["content-type"], body);
    const apiResponse = preventsWrite(fault)
      ? { status: 0 }
      : responseOf(() => {
          if (refusal) throw refusal;
          const { definition, path } = authorize(found, key);
          return definition.run({
            workspace: workspaceNamed(workspace).workspace,
            rules,
            path,
            query,
            json,
          } satisfies Call);
        });
    if (pause?.when === "after") await sleep(pause.ms, undefined, { signal: closing.signal });
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing.signal });

    const status = deliver(response, apiResponse, fault);
    if (status !== undefined) log.responded(record, status);
    options.onRequest?.(record);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!closing.signal.aborted) throw error;
    });
  });
  // If the server closed idle connections, clients would see connection resets that no test has queued.
  server.keepAliveTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const closed = new Promise<void>((resolve) => server.once("close", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests: log.requests,
    workspace: (name) => workspaceNamed(name).workspace,
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    waitForRequest: (predicate, timeoutMs = 10_000) => log.wait(predicate, timeoutMs),
    close() {
      closing.abort();
      log.close();
      server.close();
      server.closeAllConnections();
      return closed;
    },
  };
}

function authorize(found: Route | ErrorResponse, key: KeyOptions | undefined): Route {
  if (found instanceof ErrorResponse) throw found;
  if (key === undefined) throw invalidApiKey();
  const { needs } = found.definition;
  if (!(key.permissions ?? ["read", "write"]).includes(needs)) throw missingPermission(needs);
  return found;
}

function responseOf(run: () => ApiResponse): ApiResponse {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw error;
    return { status: error.status, body: { detail: error.detail }, headers: error.headers };
  }
}
