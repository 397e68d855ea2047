import { setTimeout } from "node:timers/promises";
import { digestOf, markedBy, type Route, routesIn } from "./mark.js";

/** An entry of the state, with the properties that show which account has its secret. */
export interface StoredEntry {
  id: string;
  state: { mark?: string | undefined; endpoint?: string | undefined };
}

/** In milliseconds. If no concurrent step starts or ends for this time, no step can prove the account any longer. */
const QUIET_MS = 1_000;
const quietPause = (signal: AbortSignal): Promise<unknown> => setTimeout(QUIET_MS, undefined, { signal });

/**
 * Decides whether a route leads to the account that has the secret of an entry of the state. There are two proofs: this route
 * has written the entry; or it finds another secret that was written by the same route as the entry. An id exists in only one
 * account.
 */
export class Account {
  /** Equal for workspaces with the same URL and key. */
  readonly fingerprint: string;
  /** The routes that lead to the same account as this route. */
  private readonly proven: Set<string>;
  private found = Promise.withResolvers<void>();
  private readonly entries = new Map<string, StoredEntry>();
  private readonly others = new Set<string>();
  private running = 0;
  private waiting = 0;
  private steps = 0;

  constructor(
    private readonly route: Route,
    private readonly pause = quietPause,
  ) {
    this.fingerprint = digestOf(route);
    this.proven = new Set([this.fingerprint, urlOf(route.endpoint)]);
  }

  /** Records that the account with this fingerprint is a different account: a secret of it isn't found here. */
  noteOther(fingerprint: string): void {
    if (fingerprint !== this.fingerprint) this.others.add(fingerprint);
  }

  isOther(fingerprint: string): boolean {
    return this.others.has(fingerprint);
  }

  /** Returns the output `mark` for an entry that this route has just written, or found at a new URL. `before` is the old output. */
  mark(before: string): string {
    // Add the other routes to this account, because the next person who runs Pulumi may have a different key.
    const others = [...this.proven].filter((route) => !route.startsWith(AT_URL) && route !== this.fingerprint);
    return markedBy([before, ...others.filter((route) => !routesIn(before).includes(route))].join("."), this.route);
  }

  /** Whether this route has written the secret. A state without a mark has only the URL of the route. */
  hasWritten(entry: StoredEntry): boolean {
    const routes = routesOf(entry);
    return routes.length === 0 || routes.includes(this.fingerprint) || routes.includes(urlOf(this.route.endpoint));
  }

  /** Records an entry of the state. */
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

  /** Entries whose secrets can show whether this is the stack's account. Empty if that is already known. */
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
        await Promise.race([this.found.promise, this.pause(ends).catch(() => undefined)]);
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

/** The maximum number of secrets that are read before a create. More than 1, because a secret may have been deleted by hand. */
const MOST_ASKED = 3;

/** The routes that are known to lead to the entry's account. */
function routesOf({ state: { mark, endpoint } }: StoredEntry): string[] {
  const routes = routesIn(mark);
  if (routes.length > 0) return routes;
  return endpoint === undefined ? [] : [urlOf(endpoint)];
}

/** A prefix that no digest has. */
const AT_URL = "at ";

/** Stands for all keys at this URL, because a state without a mark doesn't identify the key. */
function urlOf(endpoint: string): string {
  return `${AT_URL}${endpoint}`;
}
