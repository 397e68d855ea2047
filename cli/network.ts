import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { REGIONS } from "../provider/api/endpoint.js";

const LONGEST_LOOKUP_MS = 5_000;

/** Why a host cannot be reached: itself, this machine's network or DNS, or something on the way to it. */
export async function whyUnreachable(origin: string): Promise<"host" | "network" | "way"> {
  const host = hostOf(origin);
  if (await isKnown(host)) return isOnline() || (await isHere(host)) ? "way" : "network";
  // Nothing is sent to these: only their names are looked up.
  const others = Object.values(REGIONS).map(hostOf);
  const known = await Promise.all(others.filter((other) => other !== host).map(isKnown));
  return known.includes(true) ? "host" : "network";
}

function hostOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, "");
}

function isOnline(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}

async function isHere(host: string): Promise<boolean> {
  const { address } = await lookup(host);
  return address === "::1" || address.startsWith("127.");
}

async function isKnown(host: string): Promise<boolean> {
  const patience = new AbortController();
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  const late = sleep(LONGEST_LOOKUP_MS, false, { signal: patience.signal }).catch(() => false);
  const isFound = await Promise.race([found, late]);
  patience.abort();
  return isFound;
}
