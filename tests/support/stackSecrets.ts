import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SIGNATURE } from "../../provider/pulumi/signature";

const CIPHER = "aes-256-gcm";
const TAG_BYTES = 16;

/** Encrypts and decrypts as Pulumi does, without the second that a run of the CLI takes. */
export class StackSecrets {
  readonly #key: Buffer;

  /** `encryptedKey`: as in the stack's config and state. */
  constructor(encryptedKey: string) {
    // The tests' vault doesn't encrypt the key, but Pulumi and the vault each encode it.
    this.#key = Buffer.from(Buffer.from(encryptedKey, "base64").toString("latin1"), "base64");
  }

  encrypt(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(ciphertext: string): string {
    const [version, nonce = "", sealed = ""] = ciphertext.split(":");
    if (version !== "v1") throw new Error(`Pulumi has encrypted in a new way: ${version}`);
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv(CIPHER, this.#key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  }

  /** A copy of data from the state, with each secret in place of its ciphertext. */
  decryptAll(data: unknown): unknown {
    if (typeof data !== "object" || data === null) return data;
    if (SIGNATURE in data && "ciphertext" in data) return JSON.parse(this.decrypt(String(data.ciphertext)));
    if (Array.isArray(data)) return data.map((item) => this.decryptAll(item));
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, this.decryptAll(value)]));
  }
}
