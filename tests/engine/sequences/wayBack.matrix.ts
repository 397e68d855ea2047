import { expect, test } from "@jest/globals";
import { NATIVE_TYPE } from "../../../provider/hosts/typeTokens";
import { testFor } from "../../support/hosts";
import { owners } from "../../support/ownedSecrets";
import { startStack } from "../../support/testStack";
import { held } from "./support";

const ALIAS = `{ aliases: [{ type: "${NATIVE_TYPE}" }] }`;

testFor("dynamic")("the way back from the plugin leaves a kept value alone", async () => {
  const stack = await startStack({ host: "native" });
  const kept = stack.workspace.add("KEPT", "theirs");
  const program = (options: string, value = "ours") => `
    new WorkspaceSecret("kept", { name: "KEPT", value: "${value}", onExisting: "keep" }${options});
    new WorkspaceSecret("own", { name: "OWN", value: "ours" }${options});`;
  await stack.deploy(program(""));
  const before = held(stack.workspace);
  // Pulumi.yaml must contain the plugin's lines until the state has no resource of the plugin.
  await stack.program(
    program(`, ${ALIAS}`).replaceAll("new WorkspaceSecret", 'new (require("pulumi-elevenlabs").WorkspaceSecret)'),
  );

  const back = await stack.up();
  const quiet = await stack.preview("--refresh", "--expect-no-changes");
  const between = held(stack.workspace);
  await stack.program(
    program(`, ${ALIAS}`, "changed").replaceAll(
      "new WorkspaceSecret",
      'new (require("pulumi-elevenlabs").WorkspaceSecret)',
    ),
  );
  const changed = await stack.up();

  expect([back.code, quiet.code, changed.code]).toEqual([0, 0, 0]);
  expect(between).toEqual(before);
  expect(await owners(stack)).toContain(`kept ${kept.id}`);
  expect(held(stack.workspace)).toContain(`${kept.id} KEPT=changed`);
});

test("a kept value moves to the plugin, and is never pushed", async () => {
  const stack = await startStack({ host: "dynamic" });
  const kept = stack.workspace.add("KEPT", "theirs");
  const program = 'new WorkspaceSecret("kept", { name: "KEPT", value: "ours", onExisting: "keep" });';
  await stack.deploy(program);
  await stack.useHost("native");
  await stack.program(program);

  const runs = [await stack.up(), await stack.refresh(), await stack.up()];

  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(held(stack.workspace)).toEqual([`${kept.id} KEPT=theirs`]);
});
