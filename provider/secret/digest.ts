import { createHmac, randomBytes } from "node:crypto";

const SALT_BYTES = 9;
/** Half of an HMAC-SHA-256: the minimum that RFC 2104 recommends, because each secret adds a digest to the state. */
const DIGEST_BYTES = 16;

/** A salted digest: it shows whether a string has changed, and reveals nothing else. */
export function digest(text: string): string {
  return withSalt(text, randomBytes(SALT_BYTES).toString("base64url"));
}

export function isDigestOf(stored: string | undefined, text: string): boolean {
  const salt = stored?.split(".", 1)[0];
  return salt !== undefined && stored === withSalt(text, salt);
}

/** Returns the same JSON for the same data, regardless of the order of the keys. */
export function canonical(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function withSalt(text: string, salt: string): string {
  const hmac = createHmac("sha256", salt).update(text, "utf8").digest().subarray(0, DIGEST_BYTES);
  return `${salt}.${hmac.toString("base64url")}`;
}
