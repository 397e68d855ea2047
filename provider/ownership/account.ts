import { setTimeout } from "node:timers/promises";
import { digestOf, markedBy, type Route, routesIn } from "./mark.js";

/** An entry of the state, as far as it says which account has its secret. */
export interface StoredEntry {
  id: string;
  state: { mark?: string | undefined; endpoint?: string | undefined };
}

/** How long nothing may happen before the account counts as unproven, in milliseconds. The engine runs steps side by side. */
const QUIET_MS = 1_000;

/**
 * Whether a route leads to the account that has this stack's secrets. A route proves that for an entry of the state by having
 * written it, or by finding another entry that the same route had written: an id exists in one account only.
 */
export class Account {
  /** The same for workspaces with the same URL and key. */
  readonly fingerprint: string;
  /** The routes that lead to the same account as this one. */
  private readonly proven: Set<string>;
  private found = Promise.withResolvers<void>();
  private readonly entries = new Map<string, StoredEntry>();
  private readonly others = new Set<string>();
  private running = 0;
  private waiting = 0;
  private steps = 0;

  constructor(
    private readonly route: Route,
    private readonly quietMs = QUIET_MS,
  ) {
    this.fingerprint = digestOf(route);
    this.proven = new Set([this.fingerprint, urlOf(route.endpoint)]);
  }

  /** Records that a secret of the account with this fingerprint isn't found here: it is another account. */
  noteOther(fingerprint: string): void {
    if (fingerprint !== this.fingerprint) this.others.add(fingerprint);
  }

  isOther(fingerprint: string): boolean {
    return this.others.has(fingerprint);
  }

  /** The output `mark` of an entry that this route has just written, or found at a new URL; `before` is the one so far. */
  mark(before: string): string {
    // What else is known to lead here: the next one may have a key of its own.
    const others = [...this.proven].filter((route) => !route.startsWith(AT_URL) && route !== this.fingerprint);
    return markedBy([before, ...others.filter((route) => !routesIn(before).includes(route))].join("."), this.route);
  }

  /** Whether this route has written the secret. A state without a mark only says at which URL. */
  hasWritten(entry: StoredEntry): boolean {
    const routes = routesOf(entry);
    return routes.length === 0 || routes.includes(this.fingerprint) || routes.includes(urlOf(this.route.endpoint));
  }

  /** Records an entry that the state has. */
  noteEntry(entry: StoredEntry): void {
    this.entries.set(entry.id, entry);
  }

  /** Records that this route has found the secret of an entry that the state had before this operation. */
  noteFound(entry: StoredEntry): void {
    const routes = routesOf(entry).filter((route) => !this.proven.has(route));
    if (routes.length === 0) return;
    for (const route of routes) this.proven.add(route);
    this.found.resolve();
    this.found = Promise.withResolvers();
  }

  /** Entries that can show whether this is the stack's account; none if that is known. */
  get entriesToAskFor(): StoredEntry[] {
    for (const entry of this.entries.values()) if (this.isProvenFor(entry)) return [];
    return [...this.entries.values()].slice(0, MOST_ASKED);
  }

  /** Runs a step that may find a secret of the stack's state. */
  async during<T>(step: () => Promise<T>): Promise<T> {
    this.running++;
    this.steps++;
    try {
      return await step();
    } finally {
      this.running--;
      this.steps++;
    }
  }

  /** Whether the route leads to the account that has the entry's secret. Waits for the steps that may still prove it. */
  async isRightFor(entry: StoredEntry, signal?: AbortSignal): Promise<boolean> {
    this.waiting++;
    try {
      for (let seen = -1; !this.isProvenFor(entry) && seen !== this.steps; ) {
        seen = this.running > this.waiting ? -1 : this.steps;
        const quiet = new AbortController();
        const ends = AbortSignal.any([quiet.signal, ...(signal ? [signal] : [])]);
        const pause = setTimeout(this.quietMs, undefined, { signal: ends }).catch(() => undefined);
        await Promise.race([this.found.promise, pause]);
        quiet.abort();
        if (signal?.aborted) break;
      }
      return this.isProvenFor(entry);
    } finally {
      this.waiting--;
    }
  }

  private isProvenFor(entry: StoredEntry): boolean {
    return this.hasWritten(entry) || routesOf(entry).some((route) => this.proven.has(route));
  }
}

/** How many entries are asked for before a create, at most. One of them may have been deleted by hand. */
const MOST_ASKED = 3;

/** The routes that are known to lead to the entry's account. */
function routesOf({ state: { mark, endpoint } }: StoredEntry): string[] {
  const routes = routesIn(mark);
  if (routes.length > 0) return routes;
  return endpoint === undefined ? [] : [urlOf(endpoint)];
}

/** No digest begins like this. */
const AT_URL = "at ";

/** Stands for all keys at this URL: a state without a mark says no more. */
function urlOf(endpoint: string): string {
  return `${AT_URL}${endpoint}`;
}
