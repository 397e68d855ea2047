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

/** The paths that requests add themselves. */
const API_PATH = /\/v1(\/convai(\/secrets)?)?$/;

/** The reason that a base URL can't be used. */
export type BaseUrlFault =
  | "not-a-url"
  | "has-credentials"
  | "has-query"
  | "not-https"
  | "has-path-of-vendor"
  | "has-path-of-api";

/**
 * Parses a base URL into the endpoint that the state stores: the origin, and the path without a slash at the end. Requests
 * carry the API key, so plain http is allowed only for loopback addresses.
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
  // With an extra path, the API would return 404 for every request, and every secret would look deleted.
  if (path !== "" && isHostOfVendor(url.hostname)) return { fault: "has-path-of-vendor" };
  if (API_PATH.test(path)) return { fault: "has-path-of-api" };
  return { endpoint: url.origin + path };
}

function isHostOfVendor(host: string): boolean {
  return Object.values(REGIONS).some((origin) => new URL(origin).hostname === host);
}
