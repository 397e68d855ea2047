import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { REGIONS } from "../provider/api/endpoint.js";

const LOOKUP_TIMEOUT_MS = 5_000;

/** Why a host can't be reached: its name is wrong, this machine has no network or DNS, or the connection fails on the way. */
export async function whyUnreachable(origin: string): Promise<"host" | "network" | "connection"> {
  const host = hostOf(origin);
  if (await isInDns(host)) return isOnline() || (await isLoopback(host)) ? "connection" : "network";
  // Only their names are looked up: nothing is sent to these hosts.
  const others = Object.values(REGIONS).map(hostOf);
  const found = await Promise.all(others.filter((other) => other !== host).map(isInDns));
  return found.includes(true) ? "host" : "network";
}

function hostOf(origin: string): string {
  return new URL(origin).hostname.replace(/^\[|\]$/g, "");
}

function isOnline(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => !internal));
}

async function isLoopback(host: string): Promise<boolean> {
  const { address } = await lookup(host);
  return address === "::1" || address.startsWith("127.");
}

async function isInDns(host: string): Promise<boolean> {
  const stopTimer = new AbortController();
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  const timeout = sleep(LOOKUP_TIMEOUT_MS, false, { signal: stopTimer.signal }).catch(() => false);
  const isFound = await Promise.race([found, timeout]);
  stopTimer.abort();
  return isFound;
}
