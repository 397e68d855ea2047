import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@jest/globals";
import { parse, stringify } from "yaml";
import type { EmulatorOptions } from "../../emulator/index";
import { type Example, openProject } from "../support/exampleProject";

const REPO = process.cwd();
export const PLUGIN_FOLDER = join(REPO, "dist/plugin");
/** The first build of the Go modules takes minutes. */
export const SET_UP_MS = 1_200_000;

/** Runs a command of the set-up. If it fails, the error contains its output. */
export async function setUp(command: string, args: string[], cwd = REPO): Promise<void> {
  const env = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
  await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 24 });
}

/** Writes the SDKs of the schema into a new folder's `nodejs`, `python` and `go`. */
export async function generateSdks(folder: string): Promise<void> {
  await setUp("go", ["run", ".", join(REPO, "schema.json"), folder], join(REPO, "scripts/sdkgen"));
}

/** A copy of the project in a folder, with the plugin of this repository. */
export async function copyProject(from: string, options?: EmulatorOptions): Promise<Example> {
  const project = await openProject(undefined, options);
  await cp(from, project.folder, { recursive: true });
  const file = join(project.folder, "Pulumi.yaml");
  const text = await readFile(file, "utf8");
  expect(text).toContain("path: ../../dist/plugin\n");
  await writeFile(file, text.replace("../../dist/plugin", PLUGIN_FOLDER));
  return project;
}

/** Makes a project that names no plugin use the plugin of this repository. Also omits its virtual environment. */
export async function usePlugin({ folder }: Example): Promise<void> {
  const file = join(folder, "Pulumi.yaml");
  const project = parse(await readFile(file, "utf8"));
  const plugins = { providers: [{ name: "elevenlabs", path: PLUGIN_FOLDER }] };
  await writeFile(file, stringify({ ...project, runtime: "python", plugins }));
}

export interface Commands {
  /** Called before each command: makes `value` the secret's value. */
  use(value: string): Promise<Record<string, string>>;
  preview: string;
  up: string;
  upWithoutChanges: string;
  destroy: string;
}

/** Creates, changes and destroys the secret of a program. */
export async function expectLifecycle(project: Example, commands: Commands, name = "CRM_TOKEN"): Promise<void> {
  const { emulator } = project;
  let output = "";
  const run = async (command: string, env: Record<string, string>) => {
    const before = emulator.requests.length;
    output += await project.run(command, { env });
    const writes = emulator.requests.slice(before).map(({ operation }) => operation);
    // The program's functions read at each run. This test doesn't check the number of reads.
    return writes.filter((operation) => operation !== "dependencies" && operation !== "get");
  };

  const first = await commands.use("the-first-value");
  expect(await run(commands.preview, first)).toEqual([]);
  expect(await run(commands.up, first)).toEqual(["list", "create"]);
  expect(project.secrets()).toEqual({ [name]: "the-first-value" });
  expect(await valueInState(project)).toBe("the-first-value");
  const [created] = emulator.workspace().secrets();
  expect((await project.run("pulumi stack output tokenId --stack dev")).trim()).toBe(created?.id);

  expect(await run(commands.upWithoutChanges, first)).toEqual([]);

  const second = await commands.use("the-second-value");
  expect(await run(commands.preview, second)).toEqual([]);
  expect(await run(commands.up, second)).toEqual(["update"]);
  expect(project.secrets()).toEqual({ [name]: "the-second-value" });
  expect(await valueInState(project)).toBe("the-second-value");

  expect(await run(commands.destroy, second)).toEqual(["delete"]);
  expect(project.secrets()).toEqual({});

  expect(output).not.toMatch(/the-(first|second)-value/);
  for (const [path, text] of await project.files())
    expect([path, text.match(/the-(first|second)-value/)]).toEqual([path, null]);
}

/** The value that the state keeps encrypted. */
async function valueInState(project: Example): Promise<string> {
  const { deployment } = JSON.parse(await project.run("pulumi stack export --show-secrets --stack dev"));
  const [secret, ...others] = deployment.resources.filter(
    ({ type }: { type: string }) => type === "elevenlabs:index:WorkspaceSecret",
  );
  expect(others).toEqual([]);
  return JSON.parse(secret.inputs.value.plaintext);
}
