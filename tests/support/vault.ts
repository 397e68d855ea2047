import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** The key's name in the config of the stacks. `VAULT_SERVER_URL` has the address. */
export const SECRETS_PROVIDER = "hashivault://tests";

/**
 * The part of HashiCorp Vault in which Pulumi keeps a stack's key. It returns each key unchanged. Stacks without a secrets
 * provider derive the key from a passphrase, which takes a third of the CLI's processor time in each run.
 */
export async function startVault(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { plaintext, ciphertext } = (await json(request)) as Record<string, string>;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ data: { plaintext: ciphertext, ciphertext: plaintext } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // The process of the test run doesn't wait for this server.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
