import { createHash, randomBytes } from "node:crypto";

/** 48 random bits: two entries of one stack never share a mark by chance. */
const MARK_BYTES = 6;
/** Enough to tell routes apart, and far too little to find a key. */
const ROUTE_DIGEST_BYTES = 6;
/** How many routes an entry remembers, so that the state stays small. */
const MOST_ROUTES = 3;

/** How requests reach an account: a URL and a key. Only an id that is found there proves which account it is. */
export interface Route {
  endpoint: string;
  apiKey: string | undefined;
}

/** A new mark. Each entry of the state gets one, when it is created, adopted or imported, and keeps it. */
export function newMark(): string {
  return randomBytes(MARK_BYTES).toString("base64url");
}

/** A short digest of a route, the same wherever it is used. */
export function digestOf({ endpoint, apiKey }: Route): string {
  const hash = createHash("sha256").update(JSON.stringify(["pulumi-elevenlabs", endpoint, apiKey]));
  return hash.digest().subarray(0, ROUTE_DIGEST_BYTES).toString("base64url");
}

/**
 * The output `mark`: the entry's mark, and digests of the last routes that wrote the secret or found it at a new URL. They lead
 * to one account, because each has found the secret.
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
