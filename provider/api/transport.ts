import http from "node:http";
import https from "node:https";
import type { Duplex, Readable } from "node:stream";
import fetch, { FetchError, type Response } from "node-fetch";
import * as v from "valibot";
import { redacted, sanitized } from "../text/sanitize.js";
import { ApiError, isTlsCode, MISSING_PERMISSIONS, type StatusFailure } from "./errors.js";
import { Limiter } from "./limiter.js";
import type { Route } from "./proxy/route.js";
import { TunnelAgent, type TunnelUse, usingTunnel } from "./proxy/tunnelAgent.js";
import { parseRetryAfter, retrying } from "./retry.js";
import { errorBody } from "./schemas.js";
import { UncertainWrite } from "./uncertainWrite.js";
import { USER_AGENT } from "./userAgent.js";

/** No API response is nearly this large. A larger response isn't from the API. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

export interface TransportOptions {
  /** The base URL, such as `https://api.elevenlabs.io`. It may have a path, without a slash at the end. */
  endpoint: string;
  apiKey: string | undefined;
  /** The time limit for each attempt, until the body is read. */
  timeoutMs: number;
  /** Starts the time limit of an attempt, whose signal ends it. Default: a timer. */
  startTimeLimit?: (timeoutMs: number) => AbortSignal;
  maxRetries: number;
  maxConcurrency: number;
  /** Called at the start of each call: returns the signal that cancels its requests and pauses. Default: no signal. */
  signal?: (() => AbortSignal | undefined) | undefined;
  /** Returns the signal that cancels even a write that was already sent, so that its response is lost. Default: `signal`. */
  writeSignal?: (() => AbortSignal | undefined) | undefined;
  /** Selects the route to an endpoint. Default: the direct route. */
  routeTo?: (endpoint: string) => Route;
}

/** @internal */
export interface Request<T> {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: { type: string; name: string; value: string };
  expects: v.GenericSchema<unknown, T> | "empty";
}

/** Sends calls: adds the key, applies the time limit, queue and retries, and checks the response against the documentation. */
export class Transport {
  private readonly agent: http.Agent;
  private readonly limiter: Limiter;

  constructor(private readonly options: TransportOptions) {
    const route = options.routeTo?.(options.endpoint);
    this.agent =
      route?.kind === "proxy" ? new TunnelAgent(route.proxy, options.endpoint) : directAgent(options.endpoint);
    this.limiter = new Limiter(options.maxConcurrency);
  }

  /** @internal */
  async send<T>(request: Request<T>): Promise<T> {
    const { signal, writeSignal = signal } = this.options;
    const write = new UncertainWrite(request.method);
    const requested = signal?.();
    const sent = request.method === "GET" ? undefined : writeSignal?.();
    const { stop, duringWrite, close } = stopUnlessSent(requested, sent);
    let attempts = 0;
    // Whether a request may have reached the API without a known response. After a cancellation, the queue doesn't wait for it.
    let wasSent = false;
    const sendOnce = async () => {
      wasSent = true;
      try {
        return await duringWrite(() => this.sendOnce(request, sent ?? stop));
      } catch (error) {
        if (error instanceof ApiError && !error.isCancelled) wasSent = false;
        throw error;
      }
    };
    const attempt = async (): Promise<T> => {
      try {
        return await this.limiter.run(sendOnce, { isRetry: attempts++ > 0, signal: stop });
      } catch (error) {
        write.attemptFailed(error);
        throw error;
      }
    };
    try {
      return await retrying(attempt, {
        maxRetries: this.options.maxRetries,
        mayRepeatAfter: (error) => requested?.aborted !== true && write.mayRepeatAfter(error),
        isUncounted: (error) => this.limiter.isCausedByConcurrency(error),
        signal: stop,
      });
    } catch (error) {
      const isCancelled = !(error instanceof ApiError) && stop?.aborted === true;
      throw write.finalError(isCancelled ? this.cancelled(stop, { wasSent }) : error);
    } finally {
      close();
    }
  }

  private async sendOnce<T>(
    { method, path, query = {}, body, expects }: Request<T>,
    stop: AbortSignal | undefined,
  ): Promise<T> {
    const key = usableKey(this.options.apiKey);
    const url = new URL(this.options.endpoint + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const withoutSecrets = (text: string) => sanitized(redacted(text, [key, body?.value]));
    const { timeoutMs, startTimeLimit = (ms) => AbortSignal.timeout(ms) } = this.options;
    const timeout = startTimeLimit(timeoutMs);
    const use: TunnelUse = { signal: stop ? AbortSignal.any([timeout, stop]) : timeout };
    try {
      const send = () =>
        fetch(url, {
          method,
          headers: {
            "user-agent": USER_AGENT,
            "xi-api-key": key,
            accept: "application/json",
            ...(body ? { "content-type": "application/json" } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          agent: this.agent,
          // A redirect would send the key to another host.
          redirect: "manual",
          size: LARGEST_BODY_BYTES,
          signal: use.signal,
        });
      const response = await usingTunnel(use, send);
      if (!response.ok) throw await failureIn(response, withoutSecrets);
      const text = await textOf(response);
      if (expects === "empty" && text === "") return undefined as T;
      // Parse the body even if it should be empty: a page from a proxy must not be treated as a successful delete.
      return parsed(text, expects === "empty" ? (v.unknown() as v.GenericSchema<unknown, T>) : expects);
    } catch (error) {
      throw error instanceof ApiError ? error : this.withoutResponse(error, { timeout, stop, use });
    }
  }

  private cancelled({ reason }: AbortSignal, { wasSent }: { wasSent: boolean }): ApiError {
    const isOutOfTime = (reason as Error | undefined)?.name === "TimeoutError";
    return new ApiError({ kind: "cancelled", host: new URL(this.options.endpoint).host, isOutOfTime, wasSent });
  }

  /** The error for a request without a response. The network's error isn't kept, because it contains the request. */
  private withoutResponse(
    error: unknown,
    { timeout, stop, use }: { timeout: AbortSignal; stop: AbortSignal | undefined; use: TunnelUse },
  ): ApiError {
    const host = new URL(this.options.endpoint).host;
    if (stop?.aborted) return this.cancelled(stop, { wasSent: true });
    if (use.failure) return new ApiError(use.failure);
    if (timeout.aborted) return new ApiError({ kind: "timeout", host, seconds: this.options.timeoutMs / 1000 });
    if (!(error instanceof FetchError)) return new ApiError({ kind: "request-failed", host });
    if (error.type === "max-size") return new ApiError({ kind: "too-large", host });
    const code = sanitized(error.code ?? "");
    if ((error as { erroredSysCall?: string }).erroredSysCall !== BEFORE_SENDING) {
      return new ApiError({ kind: "connection-lost", host, code });
    }
    return new ApiError({ kind: isTlsCode(code) ? "untrusted-tls" : "no-connection", host, code });
  }
}

/** Combines two signals: `sent` always stops, `requested` only if no write is being sent. Without `sent`, there is no write. */
function stopUnlessSent(requested: AbortSignal | undefined, sent: AbortSignal | undefined) {
  if (sent === undefined) return { stop: requested, duringWrite: <T>(run: () => Promise<T>) => run(), close: () => {} };
  const stopped = new AbortController();
  let isSending = false;
  const stop = () => {
    if (!isSending) stopped.abort(requested?.reason);
  };
  const end = () => stopped.abort(sent.reason);
  if (requested?.aborted) stop();
  requested?.addEventListener("abort", stop);
  sent.addEventListener("abort", end);
  return {
    stop: stopped.signal,
    async duringWrite<T>(run: () => Promise<T>): Promise<T> {
      isSending = true;
      return run().finally(() => {
        isSending = false;
      });
    },
    close() {
      requested?.removeEventListener("abort", stop);
      sent.removeEventListener("abort", end);
    },
  };
}

function directAgent(endpoint: string): http.Agent {
  const secure = endpoint.startsWith("https:");
  const agent = new (secure ? https : http).Agent({ keepAlive: true });
  // NODE_DEBUG=net and NODE_DEBUG=https print the options of each connection, so remove the headers, which contain the key.
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = ({ headers: _, ...options }, callback) => {
    const socket = connect(options, callback);
    markErrorsBefore(secure ? "secureConnect" : "connect", socket);
    return socket;
  };
  return agent;
}

/** Put into `error.syscall` to mark an error that happened before anything was sent. */
const BEFORE_SENDING = "before sending";

/**
 * Marks errors that happen before `event`: nothing was sent yet. After `event`, an error with the same code, even a TLS code,
 * doesn't show whether the server handled the request.
 */
function markErrorsBefore(event: string, socket: Duplex | null | undefined): void {
  const mark = (error: NodeJS.ErrnoException) => {
    error.syscall = BEFORE_SENDING;
  };
  socket?.once("error", mark).once(event, () => socket.off("error", mark));
}

function usableKey(apiKey: string | undefined): string {
  if (!apiKey) throw new ApiError({ kind: "no-api-key" });
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new ApiError({ kind: "malformed-api-key" });
  return apiKey;
}

/** Reads the body. If `content-length` is too large, fails at once, so that the outcome doesn't depend on the network's speed. */
async function textOf(response: Response): Promise<string> {
  if (Number(response.headers.get("content-length")) > LARGEST_BODY_BYTES) {
    (response.body as Readable | null)?.destroy();
    throw new FetchError("too large", "max-size");
  }
  return response.text();
}

function parsed<T>(text: string, schema: v.GenericSchema<unknown, T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ApiError({ kind: "not-json" });
  }
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  // The schema's issues contain parts of the body, so keep only the place.
  throw new ApiError({ kind: "unexpected-shape", place: sanitized(v.getDotPath(result.issues[0]) ?? "the whole") });
}

async function failureIn(response: Response, withoutSecrets: (text: string) => string): Promise<ApiError> {
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
  let body: unknown;
  try {
    body = JSON.parse(await textOf(response));
  } catch {
    body = undefined;
  }
  const { message, code, requestId } = detailsIn(body);
  const shown = (text: string | undefined) => (text === undefined ? undefined : withoutSecrets(text));
  // Don't redact this code. Otherwise a secret's value that is part of it would change the error's kind.
  const shownCode = code === MISSING_PERMISSIONS ? code : shown(code);
  return new ApiError({
    kind: "status",
    status: response.status,
    message: shown(message),
    code: shownCode,
    requestId: shown(requestId),
    retryAfterMs,
  });
}

function detailsIn(body: unknown): Pick<StatusFailure, "message" | "code" | "requestId"> {
  const result = v.safeParse(errorBody, body);
  if (!result.success) return {};
  const { detail } = result.output;
  if (typeof detail === "string") return { message: detail };
  if (Array.isArray(detail)) {
    return { message: detail.map(({ loc, msg }) => (loc ? `${loc.join(".")}: ${msg}` : msg)).join("; ") };
  }
  const code = detail.code ?? detail.status ?? undefined;
  return {
    message: detail.message ?? code ?? "no reason given",
    ...(code ? { code } : {}),
    ...(detail.request_id ? { requestId: detail.request_id } : {}),
  };
}
