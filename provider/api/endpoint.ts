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

/** The origin that `baseUrl` names, or why it cannot be used. The key travels there, so plain http is for this machine. */
export function parseOrigin(baseUrl: string): { origin: string } | { problem: string } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return { problem: "is not a URL, such as https://api.elevenlabs.io" };
  }
  if (url.username || url.password) return { problem: "must not hold a user name or a password" };
  if ((url.pathname !== "/" && url.pathname !== "") || url.search || url.hash) {
    return { problem: "must be an origin alone, such as https://api.elevenlabs.io, without a path" };
  }
  if (url.protocol === "https:") return { origin: url.origin };
  if (url.protocol === "http:" && LOOPBACK.test(url.hostname)) return { origin: url.origin };
  return { problem: "must be https (http is for a loopback address alone): the API key travels there" };
}
