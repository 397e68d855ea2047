import type { FaultKind } from "../../../emulator/index";

/** A failure between a request and its response. */
export interface Fault {
  name: string;
  /** Undefined if the API is unreachable. */
  kind?: FaultKind;
  /** The origin to use instead of the API's origin. */
  origin?: (places: Places) => string;
}

/** Servers that the faults need. */
export interface Places {
  /** An origin without a server. */
  closed: string;
  /** A host that is not the API, and has no TLS. */
  other: string;
}

const HTML = "<html><body>An error occurred</body></html>";
const BODIES = {
  JSON: {},
  HTML: { body: HTML, contentType: "text/html" },
  empty: { body: "", contentType: "text/plain" },
};
/** A body that is larger than the client accepts. */
const HUGE = `"${"x".repeat(64 * 1024 * 1024)}"`;

/** Adds `where` to the names of the faults if it matters whether a fault happens before or after the write. */
function at(when: "before" | "after", where: string): Fault[] {
  return [
    ...[500, 501, 502, 503, 504].flatMap((status) =>
      Object.entries(BODIES).map(([body, parts]) => ({
        name: `${status}${where} (${body})`,
        kind: { kind: "status", status, when, ...parts } as const,
      })),
    ),
    { name: `408${where}`, kind: { kind: "status", status: 408, when } },
    { name: `reset${where}`, kind: { kind: "reset", when } },
    { name: `timeout${where}`, kind: { kind: "hang", when } },
  ];
}

const rateLimit = (name: string, more: object = {}): Fault => ({
  name: `429${name}`,
  kind: { kind: "status", status: 429, ...more },
});

/** Lists all faults. For calls that write, a fault can happen before or after the write. */
export function faultsOf(call: { writes: boolean }, { other }: Places): Fault[] {
  return [
    rateLimit(""),
    rateLimit(" with Retry-After in seconds", { retryAfter: 1 }),
    rateLimit(" with Retry-After as a date", { retryAfter: new Date(Date.now() + 1_000).toUTCString() }),
    rateLimit(" with Retry-After of an hour", { retryAfter: 3_600 }),
    ...(call.writes ? [...at("before", " before the write"), ...at("after", " after the write")] : at("before", "")),
    { name: "body cut off", kind: { kind: "truncated" } },
    { name: "body of wrong types", kind: { kind: "malformed", body: '{"secret_id":7,"name":{},"secrets":{}}' } },
    { name: "huge body", kind: { kind: "malformed", body: HUGE } },
    { name: "HTML with 200", kind: { kind: "malformed" } },
    { name: "redirect to another host", kind: { kind: "redirect", location: `${other}/` } },
    { name: "no TLS", origin: ({ other }) => other.replace("http:", "https:") },
    { name: "no such host", origin: () => "https://secrets.invalid" },
    { name: "connection refused", origin: ({ closed }) => closed },
  ];
}

/** Matches the names of one fault of each kind. */
export const ONE_OF_EACH_KIND = new RegExp(
  [
    "^(?:429|body of wrong types|HTML with 200|redirect to another host|connection refused)$",
    String.raw`^(?:503|reset|timeout)(?: before the write| after the write)?(?: \(JSON\))?$`,
  ].join("|"),
);

/** Lists faults briefly: `500 before the write` stands for all three bodies (JSON, HTML, empty). */
export function shortList(names: string[]): string {
  const sorts = new Map<string, string[]>();
  for (const name of names) {
    const [, sort = name, body] = /^(.*?)(?: \((JSON|HTML|empty)\))?$/.exec(name) ?? [];
    sorts.set(sort, [...(sorts.get(sort) ?? []), ...(body ? [body] : [])]);
  }
  return [...sorts]
    .map(([sort, bodies]) =>
      [0, Object.keys(BODIES).length].includes(bodies.length) ? sort : `${sort} (${bodies.join(", ")})`,
    )
    .join("; ");
}
