import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** As the stacks' config names the key. The rest is in `VAULT_SERVER_URL`. */
export const SECRETS_PROVIDER = "hashivault://tests";

/**
 * The part of HashiCorp Vault in which Pulumi keeps a stack's key. It returns each key as it gets it. Deriving one from a
 * passphrase, as stacks without a secrets provider do, takes a third of the CLI's processor time in each run.
 */
export async function startVault(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { plaintext, ciphertext } = (await json(request)) as Record<string, string>;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ data: { plaintext: ciphertext, ciphertext: plaintext } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It ends with the process of the run, which waits for nothing.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
