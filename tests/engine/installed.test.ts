import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { version } from "../../package.json";
import { install } from "../support/exampleProject";
import { startStack, type TestStack } from "../support/testStack";

/** A program that doesn't depend on the package, but uses a library that does. The folders have pnpm's layout. */
async function startWithLibrary(): Promise<TestStack> {
  const stack = await startStack({ inOwnProcess: true });
  const modules = join(stack.folder, "node_modules");
  const library = join(stack.folder, "store/acme/node_modules");
  await mkdir(join(library, "acme"), { recursive: true });
  await mkdir(join(library, "@pulumi"));
  await rename(join(modules, "pulumi-elevenlabs"), join(library, "pulumi-elevenlabs"));
  await symlink(join(modules, "@pulumi/pulumi"), join(library, "@pulumi/pulumi"));
  await writeFile(
    join(library, "acme/index.js"),
    'exports.make = () => new (require("pulumi-elevenlabs").WorkspaceSecret)("A", { value: "v" });',
  );
  await symlink(join(library, "acme"), join(modules, "acme"));
  await writeFile(join(stack.folder, "index.js"), 'require("acme").make();');
  return stack;
}

test("if only a library depends on the package, preview shows one error", async () => {
  const stack = await startWithLibrary();

  const run = await stack.preview();

  expect(run.code).not.toBe(0);
  const errors = run.diagnostics.filter(({ severity }) => severity === "error");
  expect(errors).toHaveLength(1);
  expect(run.kinds).toEqual(["not-a-dependency"]);
  expect(errors[0]?.message).toContain(`"dependencies" of ${join(stack.folder, "package.json")}`);
  expect(errors[0]?.message).not.toMatch(/^\s+at /m);
  expect(run.requests).toEqual([]);
  expect(await readdir(stack.folder)).not.toContain("pulumi-elevenlabs");

  const [, packageJson = ""] =
    /"dependencies" of (.+), with the library's version/.exec(errors[0]?.message ?? "") ?? [];
  await writeFile(packageJson, JSON.stringify({ dependencies: { "pulumi-elevenlabs": version } }));
  await install(dirname(packageJson));
  expect(await stack.up()).toMatchObject({ code: 0, changes: { create: 1 } });
});

test("a program in a subfolder that changes its working folder works", async () => {
  const stack = await startStack({ inOwnProcess: true });
  await mkdir(join(stack.folder, "src"));
  await writeFile(
    join(stack.folder, "src/index.js"),
    'const { WorkspaceSecret } = require("pulumi-elevenlabs"); process.chdir("/"); new WorkspaceSecret("A", { value: "v" });',
  );
  await writeFile(join(stack.folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\nmain: src/\n");

  const run = await stack.up();

  expect(run.output).not.toContain("error");
  expect(run).toMatchObject({ code: 0, changes: { create: 1 } });
});
