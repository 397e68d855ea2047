import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

/** Runs `script` in a new process, and returns the files that it loads after its call of `mark()`. */
async function loadedBy(script: string): Promise<string[]> {
  const program = `
    let known = new Set();
    const mark = () => { known = new Set(Object.keys(require.cache)); };
    ${script}
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !known.has(file))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program]);
  return JSON.parse(stdout);
}

// If only one file is loaded, then no closure serialiser, no compiler and no API client is.
test.each(["sdk.js", "native.js"])("a program that imports %s loads only it and Pulumi's files", async (name) => {
  const files = await loadedBy(`require("@pulumi/pulumi"); mark(); require("./dist/${name}");`);

  expect(files.map((file) => file.split("/").at(-1))).toEqual([name]);
});

test("the provider process loads only provider.js and Pulumi's files", async () => {
  const files = await loadedBy('require("@pulumi/pulumi/runtime"); mark(); require("./dist/provider.js").dynamic();');

  expect(files.map((file) => file.split("/").at(-1))).toEqual(["provider.js"]);
});
