import type { TestStack } from "./testStack";

/** The URN of the resource that `ownProvider` declares. */
export const OWN_URN = "urn:pulumi:test::test::pulumi-nodejs:dynamic:Resource::own";

/**
 * A program with a small dynamic provider that isn't ours, and that has created the secret `CRM`. `outs` is the code of its
 * outputs.
 */
export function ownProvider({ emulator: { url, apiKey } }: TestStack, outs = "inputs"): string {
  return `
    const call = (method, path, body) => fetch("${url}/v1/convai/secrets" + path, {
      method,
      headers: { "xi-api-key": "${apiKey}", "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const provider = {
      async create(inputs) {
        const answer = await call("POST", "", { type: "new", ...inputs });
        const { secret_id: id } = await answer.json();
        return { id, outs: ${outs} };
      },
      async delete(id) {
        await call("DELETE", "/" + id);
      },
    };
    class Own extends pulumi.dynamic.Resource {
      constructor(name, inputs) {
        super(provider, name, inputs);
      }
    }
    new Own("own", { name: "CRM", value: pulumi.secret("v") });
  `;
}
