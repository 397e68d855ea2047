import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

/** The files that `script` loads in a new process, where it calls `mark()` not counting those before. */
async function loadedBy(script: string): Promise<string[]> {
  const program = `
    let known = new Set();
    const mark = () => { known = new Set(Object.keys(require.cache)); };
    ${script}
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !known.has(file))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program]);
  return JSON.parse(stdout);
}

test("a program that imports the package loads one file beside Pulumi's own: no closure serialiser, no compiler, no API client", async () => {
  const files = await loadedBy('require("@pulumi/pulumi"); mark(); require("./dist/sdk.js");');

  expect(files.map((file) => file.split("/").at(-1))).toEqual(["sdk.js"]);
});

test("the provider process loads one file beside Pulumi's own", async () => {
  const files = await loadedBy('require("@pulumi/pulumi/runtime"); mark(); require("./dist/provider.js").dynamic();');

  expect(files.map((file) => file.split("/").at(-1))).toEqual(["provider.js"]);
});
