import { createHash, randomBytes } from "node:crypto";

/** 48 random bits: two entries of one stack never share a mark by chance. */
const MARK_BYTES = 6;
/** Long enough to distinguish routes, and far too short to find a key. */
const ROUTE_DIGEST_BYTES = 6;
/** How many routes an entry remembers, so that the state stays small. */
const MOST_ROUTES = 3;

/** A way to reach an account: a URL and a key. Only a secret's id that is found by this route proves which account it is. */
export interface Route {
  endpoint: string;
  apiKey: string | undefined;
}

/** Returns a new mark. Each entry of the state gets a mark when it is created, adopted or imported, and keeps the mark. */
export function newMark(): string {
  return randomBytes(MARK_BYTES).toString("base64url");
}

/** A short digest of a route. It has no salt, so it is the same on every machine. */
export function digestOf({ endpoint, apiKey }: Route): string {
  const hash = createHash("sha256").update(JSON.stringify(["pulumi-elevenlabs", endpoint, apiKey]));
  return hash.digest().subarray(0, ROUTE_DIGEST_BYTES).toString("base64url");
}

/**
 * Returns the output `mark`: the entry's mark, and digests of the last routes that wrote the secret or found it at a new URL.
 * All these routes lead to one account, because each of them has found the secret.
 */
export function markedBy(before: string, route: Route): string {
  const digest = digestOf(route);
  const routes = routesIn(before).filter((other) => other !== digest);
  return [markIn(before), digest, ...routes.slice(0, MOST_ROUTES - 1)].join(".");
}

/** The entry's mark in the output `mark`. */
export function markIn(output: string): string {
  return output.split(".", 1)[0] as string;
}

/** The digests of routes in the output `mark`, the latest first. */
export function routesIn(output: string | undefined): string[] {
  return output?.split(".").slice(1) ?? [];
}
