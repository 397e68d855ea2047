import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { canary } from "../support/canary";
import { startStack, type TestStack } from "../support/testStack";

const key = canary("sk_");
const ENCRYPTED = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: expect.any(String),
};

/** The size of the checkpoint on disk, without the stack traces that Pulumi records for each resource. */
async function bytes(stack: TestStack): Promise<number> {
  const text = await readFile(stack.checkpointFile, "latin1");
  return text.replaceAll(/"stackTrace":\[[^\]]*\],?/g, "").length;
}

describe("the state", () => {
  test("the state has 1.7 KB per secret at most, and a short provider text", async () => {
    const stack = await startStack({ emulator: { keys: { [key.text]: {} } } });
    // Names and values have typical lengths.
    const program = (count: number) => `
      const secrets = Array.from({ length: ${count} }, (_, i) => [\`CRM_API_TOKEN_\${i}\`, \`\${i}\`.padStart(40, "sk_live_")]);
      for (const [name, value] of secrets) new WorkspaceSecret(name, { value });`;
    await stack.deploy(program(1));
    const one = await bytes(stack);

    await stack.deploy(program(20));

    expect(((await bytes(stack)) - one) / 19).toBeLessThanOrEqual(1_700);
    const secrets = await stack.secrets();
    expect(secrets).toHaveLength(20);
    const texts = secrets.flatMap(({ inputs, outputs }) => [inputs?.__provider, outputs?.__provider]);
    const [text = "", ...others] = new Set(texts.map(String));
    expect(others).toEqual([]);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(120);
    expect(key.foundIn(await readFile(stack.checkpointFile, "latin1"))).toEqual([]);
  });

  test("the value is stored once, encrypted, and digests only encrypted", async () => {
    const stack = await startStack();
    const program = (value: string) =>
      stack.program(`new WorkspaceSecret("A", { value: "${value}", triggers: [1], onInUse: "retain" });`);
    await program("first");
    for (const operation of ["up", "update", "refresh"] as const) {
      if (operation === "update") await program("second");
      const run = operation === "refresh" ? await stack.refresh() : await stack.up();

      expect(run.code).toBe(0);
      const [secret, ...others] = await stack.secrets();
      expect(others).toEqual([]);
      expect(secret?.inputs).toEqual({
        __provider: expect.any(String),
        name: "A",
        value: ENCRYPTED,
        triggers: [1],
        onInUse: "retain",
      });
      const [{ id } = { id: "" }] = stack.workspace.secrets();
      expect(secret?.outputs).toEqual({
        __provider: expect.any(String),
        secretId: id,
        name: "A",
        workspace: "default",
        endpoint: stack.emulator.url,
        mark: expect.stringMatching(/^[\w-]{8}\.[\w-]{8}$/),
        valueDigest: ENCRYPTED,
        triggersDigest: ENCRYPTED,
        onInUse: "retain",
      });
    }
  });

  test("the state contains the program's line for each secret and component", async () => {
    const stack = await startStack();
    await stack.deploy(
      '\n\nnew WorkspaceSecret("A", { value: "a" });\n  new WorkspaceSecret("B", { value: "b" });\nnew WorkspaceSecrets("C", { secrets: {} });',
    );
    const lines = (await stack.resources()).map(({ urn, sourcePosition }) => [urn.at(-1), sourcePosition]);
    expect(Object.fromEntries(lines)).toMatchObject({
      A: "project:///index.js#5,1",
      B: "project:///index.js#6,3",
      C: "project:///index.js#7,1",
    });
  });
});
