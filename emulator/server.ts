import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, invalidApiKey, missingPermission } from "./errorAnswers";
import { deliver, type Fault, FaultQueue, forestalls } from "./faults";
import { Limits } from "./limits";
import type { Answer, Call } from "./operations/operation";
import type { EmulatorOptions, KeyOptions } from "./options";
import { type RecordedRequest, RequestLog } from "./requests";
import { type Route, route } from "./routes";
import { type EmulatedWorkspace, Workspace } from "./store";
import { parseJson } from "./validation";

/** A running emulator. */
export interface Emulator {
  /** Such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The first of its keys. */
  readonly apiKey: string;
  /** Every request, in order of arrival. */
  readonly requests: RecordedRequest[];
  /** A workspace, made when first asked for. Default: `"default"`. */
  workspace(name?: string): EmulatedWorkspace;
  /** Queues a fault. A request meets one at most; one that a limit refuses meets none. */
  fault(fault: Fault): void;
  /** Forgets all faults that have not happened. */
  clearFaults(): void;
  /**
   * The first request that matches, arrived already or yet to come; looked at on arrival and again when answered.
   * By then its write has been done, unless a fault prevents or delays it. Rejects after `timeoutMs` (default 10,000)
   * and on `close()`.
   */
  waitForRequest(predicate: (request: RecordedRequest) => boolean, timeoutMs?: number): Promise<RecordedRequest>;
  /** Stops, and ends every connection, also one that hangs. */
  close(): Promise<void>;
}

interface Tenant {
  workspace: Workspace;
  limits: Limits;
}

/** Starts the workspace-secret API as a server of its own on 127.0.0.1. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, latencyMs = 0, uniqueNames = true, inUseStatus = 409, forcePageSize } = options;
  const { normalizeName = (name) => name } = options;
  const rules = { uniqueNames, normalizeName, inUseStatus, forcePageSize };
  const keys = new Map(Object.entries(options.keys ?? { sk_emulator: {} }));
  const [apiKey] = keys.keys();
  if (apiKey === undefined) throw new Error("The emulator needs one API key at least");
  const tenants = new Map<string, Tenant>();
  const faults = new FaultQueue();
  const log = new RequestLog();
  const closing = new AbortController();

  function tenant(name = "default"): Tenant {
    const known = tenants.get(name) ?? { workspace: new Workspace(options.listLagMs), limits: new Limits(options) };
    tenants.set(name, known);
    return known;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;

    // No await from here to the write: waitForRequest promises that they are one step.
    const { method = "", url = "", headers } = request;
    const [path = "", search] = url.split(/\?(.*)/s);
    const query = Object.fromEntries(new URLSearchParams(search));
    const key = keys.get(String(headers["xi-api-key"]));
    const found = route(method, path);
    const operation = found instanceof ApiError ? undefined : found.definition.operation;
    const workspace = key && (key.workspace ?? "default");
    const record: RecordedRequest = { method, path, query, operation, workspace, status: undefined };
    log.arrived(record);

    const entered = key && tenant(workspace).limits.enter();
    const refusal = entered instanceof ApiError ? entered : undefined;
    if (entered instanceof Function) response.once("close", entered);
    const fault = refusal ? undefined : faults.take(record);
    if (fault) record.fault = fault.kind;

    const pause = fault?.kind === "delay" ? fault : undefined;
    if (pause && pause.when !== "after") await sleep(pause.ms, undefined, { signal: closing.signal });
    const json = () => parseJson(headers["content-type"], body);
    const answer = forestalls(fault)
      ? { status: 0 }
      : settle(() => {
          if (refusal) throw refusal;
          const { definition, path } = permit(found, key);
          return definition.run({ workspace: tenant(workspace).workspace, rules, path, query, json } satisfies Call);
        });
    if (pause?.when === "after") await sleep(pause.ms, undefined, { signal: closing.signal });
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing.signal });

    const status = deliver(response, answer, fault);
    if (status !== undefined) log.answered(record, status);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!closing.signal.aborted) throw error;
    });
  });
  // A server that ends idle connections gives its clients resets that no test asked for.
  server.keepAliveTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const closed = new Promise<void>((resolve) => server.once("close", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests: log.requests,
    workspace: (name) => tenant(name).workspace,
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

function permit(found: Route | ApiError, key: KeyOptions | undefined): Route {
  if (found instanceof ApiError) throw found;
  if (key === undefined) throw invalidApiKey();
  const { needs } = found.definition;
  if (!(key.permissions ?? ["read", "write"]).includes(needs)) throw missingPermission(needs);
  return found;
}

function settle(run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, body: { detail: error.detail }, headers: error.headers };
  }
}
