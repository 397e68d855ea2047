import http from "node:http";
import https from "node:https";
import type { Duplex, Readable } from "node:stream";
import fetch, { FetchError, type Response } from "node-fetch";
import * as v from "valibot";
import { harmless, redacted } from "../messages/foreignText.js";
import {
  AnsweredError,
  ApiError,
  KeyError,
  MalformedAnswerError,
  MISSING_PERMISSIONS,
  UnreachableError,
} from "./errors.js";
import { Limiter } from "./limiter.js";
import { parseRetryAfter, retrying } from "./retry.js";
import { errorBody } from "./schemas.js";

/** No answer of the API is near this; a larger one is not the API's. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

export interface TransportOptions {
  /** Such as `https://api.elevenlabs.io`. */
  origin: string;
  apiKey: string | undefined;
  /** For each try of each call, until the body is read. */
  timeoutMs: number;
  maxRetries: number;
  maxConcurrency: number;
}

/** @internal */
export interface Request<T> {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: { type: string; name: string; value: string };
  answer: v.GenericSchema<unknown, T> | "empty";
}

/** One call: its key, its timeout, its place in the queue, its retries, and its answer as the documented type. */
export class Transport {
  private readonly agent: http.Agent;
  private readonly limiter: Limiter;

  constructor(private readonly options: TransportOptions) {
    const secure = options.origin.startsWith("https:");
    this.agent = new (secure ? https : http).Agent({ keepAlive: true });
    // NODE_DEBUG=net and NODE_DEBUG=https print what a connection is made with: the headers too, and so the key.
    const connect = this.agent.createConnection.bind(this.agent);
    this.agent.createConnection = ({ headers: _, ...options }, callback) => {
      const socket = connect(options, callback);
      markUntil(secure ? "secureConnect" : "connect", socket);
      return socket;
    };
    this.limiter = new Limiter(options.maxConcurrency);
  }

  /** @internal */
  async send<T>(request: Request<T>): Promise<T> {
    const { method } = request;
    let tries = 0;
    /** The last fault of an update that may have taken effect, and that no later try has undone. */
    let unsettled: ApiError | undefined;

    const attempt = async (): Promise<T> => {
      try {
        return await this.limiter.run(() => this.sendOnce(request), { isRetry: tries++ > 0 });
      } catch (error) {
        if (method === "PATCH" && error instanceof ApiError && error.outcomeUnknown) unsettled = error;
        throw error;
      }
    };

    try {
      return await retrying(attempt, {
        maxRetries: this.options.maxRetries,
        // The API makes a secret of each POST that it takes.
        again: (error) => error.isTransient && !(method === "POST" && error.outcomeUnknown),
        free: (error) => this.limiter.isOwnDoing(error),
      });
    } catch (error) {
      // That the last try changed nothing says nothing of those before it.
      if (unsettled && error instanceof ApiError && !error.isNotFound) throw unsettled;
      throw error;
    }
  }

  private async sendOnce<T>({ method, path, query = {}, body, answer }: Request<T>): Promise<T> {
    const key = usableKey(this.options.apiKey);
    const url = new URL(path, this.options.origin);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const shown = (text: string) => harmless(redacted(text, [key, body?.value]));
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          "xi-api-key": key,
          accept: "application/json",
          ...(body ? { "content-type": "application/json" } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        agent: this.agent,
        // A redirect would take the key to another host.
        redirect: "manual",
        size: LARGEST_BODY_BYTES,
        signal,
      });
      if (!response.ok) throw await answered(response, shown);
      const text = await textOf(response);
      if (answer === "empty" && text === "") return undefined as T;
      // Also where nothing is expected: a proxy's page must not pass for the API's "deleted".
      return parsed(text, answer === "empty" ? (v.unknown() as v.GenericSchema<unknown, T>) : answer);
    } catch (error) {
      throw error instanceof ApiError ? error : this.unreachable(error, signal);
    }
  }

  /** What kept the answer from coming, without the error itself: those of the network carry the request along. */
  private unreachable(error: unknown, signal: AbortSignal): ApiError {
    const host = new URL(this.options.origin).host;
    if (signal.aborted) {
      const seconds = this.options.timeoutMs / 1000;
      const problem = `${host} did not answer within ${seconds} s`;
      return new UnreachableError(problem, true, { transient: true });
    }
    if (!(error instanceof FetchError))
      return new UnreachableError(`the request to ${host} failed`, true, { transient: false });
    if (error.type === "max-size") return new MalformedAnswerError(`${host} answered with more than the API ever does`);
    const code = error.code ?? "";
    const reason = code ? ` (${harmless(code)})` : "";
    if ((error as { erroredSysCall?: string }).erroredSysCall !== UNMADE) {
      return new UnreachableError(`the connection to ${host} broke${reason}`, true, { transient: true });
    }
    if (["CERT", "TLS", "SSL", "SIGNATURE", "EPROTO"].some((part) => code.includes(part))) {
      return new UnreachableError(`no trusted TLS connection to ${host}${reason}`, false, { transient: false });
    }
    return new UnreachableError(`${host}: ${WORDS[code] ?? `no connection${reason}`}`, false, { transient: true });
  }
}

const WORDS: Record<string, string | undefined> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host (DNS)",
  EAI_AGAIN: "the host's name could not be looked up (DNS)",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
};

/** Stands in an error for the system call that failed, where the connection was never made. */
const UNMADE = "unmade";

/** Nothing is sent before `made`. Later, the same codes, those of TLS too, tell nothing of what the server has done. */
function markUntil(made: string, socket: Duplex | null | undefined): void {
  const mark = (error: NodeJS.ErrnoException) => {
    error.syscall = UNMADE;
  };
  socket?.once("error", mark).once(made, () => socket.off("error", mark));
}

function usableKey(apiKey: string | undefined): string {
  if (!apiKey) throw new KeyError("there is no API key");
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new KeyError("the API key holds characters that no key has, such as a space or a line break");
  return apiKey;
}

/** The body. One that declares itself too large is not waited for, so that the outcome is not one of the network's speed. */
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
    throw new MalformedAnswerError("what answered is not JSON");
  }
  const result = v.safeParse(schema, json);
  // The issues of the schema hold pieces of the body; only the place is told.
  if (result.success) return result.output;
  const place = v.getDotPath(result.issues[0]) ?? "the whole";
  throw new MalformedAnswerError(`the answer is not of the API's form (at ${harmless(place)})`);
}

async function answered(response: Response, shown: (text: string) => string): Promise<AnsweredError> {
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
  let body: unknown;
  try {
    body = JSON.parse(await textOf(response));
  } catch {
    body = undefined;
  }
  const { words, code, requestId } = spelledOut(body);
  const told = (text: string | undefined) => (text === undefined ? undefined : shown(text));
  // A value that has a piece of the word in common with it must not make the error another one.
  const shownCode = code === MISSING_PERMISSIONS ? code : told(code);
  return new AnsweredError(response.status, told(words), shownCode, told(requestId), retryAfterMs);
}

function spelledOut(body: unknown): { words?: string; code?: string; requestId?: string } {
  const result = v.safeParse(errorBody, body);
  if (!result.success) return {};
  const { detail } = result.output;
  if (typeof detail === "string") return { words: detail };
  if (Array.isArray(detail)) {
    return { words: detail.map(({ loc, msg }) => (loc ? `${loc.join(".")}: ${msg}` : msg)).join("; ") };
  }
  const code = detail.code ?? detail.status ?? undefined;
  return {
    words: detail.message ?? code ?? "no reason given",
    ...(code ? { code } : {}),
    ...(detail.request_id ? { requestId: detail.request_id } : {}),
  };
}
