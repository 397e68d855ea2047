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

/** Why a base URL can't be used. */
export type BaseUrlFault = "not-a-url" | "has-credentials" | "not-an-origin" | "not-https";

/** The origin of a base URL, or why it can't be used. The key travels there, so plain http is for this machine only. */
export function parseOrigin(baseUrl: string): { origin: string } | { fault: BaseUrlFault } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return { fault: "not-a-url" };
  }
  if (url.username || url.password) return { fault: "has-credentials" };
  if ((url.pathname !== "/" && url.pathname !== "") || url.search || url.hash) return { fault: "not-an-origin" };
  if (url.protocol === "https:") return { origin: url.origin };
  if (url.protocol === "http:" && LOOPBACK.test(url.hostname)) return { origin: url.origin };
  return { fault: "not-https" };
}
