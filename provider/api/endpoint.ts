/** The API's servers by region. Source: the reference pages' list of servers; `sg` is from the vendor's SDK. */
export const REGIONS = {
  global: "https://api.elevenlabs.io",
  us: "https://api.us.elevenlabs.io",
  eu: "https://api.eu.residency.elevenlabs.io",
  in: "https://api.in.residency.elevenlabs.io",
  sg: "https://api.sg.residency.elevenlabs.io",
} as const;

export type Region = keyof typeof REGIONS;

export function isRegion(text: string): text is Region {
  return Object.hasOwn(REGIONS, text);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Where the requests' own paths start. */
const API_PATH = /\/v1(\/convai(\/secrets)?)?$/;

/** Why a base URL can't be used. */
export type BaseUrlFault =
  | "not-a-url"
  | "has-credentials"
  | "has-query"
  | "not-https"
  | "has-path-of-vendor"
  | "has-path-of-api";

/**
 * Where requests go, as the state stores it: the origin of a base URL, and its path without a slash at the end. Or why the base
 * URL can't be used. The key travels there, so plain http is for this machine only.
 */
export function parseEndpoint(baseUrl: string): { endpoint: string } | { fault: BaseUrlFault } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return { fault: "not-a-url" };
  }
  if (url.username || url.password) return { fault: "has-credentials" };
  if (url.search || url.hash) return { fault: "has-query" };
  const isLocal = url.protocol === "http:" && LOOPBACK.test(url.hostname);
  if (url.protocol !== "https:" && !isLocal) return { fault: "not-https" };
  const path = url.pathname.replace(/\/+$/, "");
  // With a path too many, the API answers 404 to everything, and every secret would look gone.
  if (path !== "" && isHostOfVendor(url.hostname)) return { fault: "has-path-of-vendor" };
  if (API_PATH.test(path)) return { fault: "has-path-of-api" };
  return { endpoint: url.origin + path };
}

function isHostOfVendor(host: string): boolean {
  return Object.values(REGIONS).some((origin) => new URL(origin).hostname === host);
}
