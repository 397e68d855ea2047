import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "@jest/globals";
import { list } from "tar";
import { parse } from "yaml";
import { version } from "../../package.json";
import { install, openProject } from "../support/exampleProject";

const run = promisify(execFile);
const PLUGIN = "pulumi-resource-elevenlabs";
const archive = (platform: string) => `${PLUGIN}-v${version}-${platform}.tar.gz`;

let folder: string;
let names: string[];

async function makeArchives(to: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ["scripts/pluginArchives.mjs", to]);
  return stdout.trim().split("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "archives-"));
  names = await makeArchives(folder);
});

test("each platform has an archive with the name that the engine downloads", () => {
  const platforms = ["linux", "darwin", "windows"].flatMap((os) => [`${os}-amd64`, `${os}-arm64`]);
  expect(names).toEqual(platforms.map(archive));
});

test.each([
  ["linux-amd64", PLUGIN],
  ["windows-amd64", `${PLUGIN}.cmd`],
])("the archive for %s contains the starter, the plugin and the licences", async (platform, starter) => {
  const entries: [string, string | undefined, number | undefined, number | undefined][] = [];
  await list({
    file: join(folder, archive(platform)),
    onReadEntry: ({ path, mode, uid, gid }) => entries.push([path, mode?.toString(8), uid, gid]),
  });

  // If the archive contains no owner, `uid` and `gid` are undefined.
  expect(entries.map(([path, mode, uid = 0, gid = 0]) => [path, mode, uid, gid])).toEqual([
    ["LICENSE", "644", 0, 0],
    ["THIRD_PARTY_NOTICES.txt", "644", 0, 0],
    [starter, "755", 0, 0],
    [`${PLUGIN}.js`, "644", 0, 0],
  ]);
});

test("the same build produces the same archives", async () => {
  const again = `${folder}-again`;
  for (const name of await makeArchives(again))
    expect((await readFile(join(again, name))).equals(await readFile(join(folder, name)))).toBe(true);
});

test("a program runs with a plugin that is installed from an archive", async () => {
  const project = await openProject();
  await mkdir(project.folder);
  const files = {
    "Pulumi.yaml": "{ name: installed, runtime: { name: nodejs, options: { typescript: false } } }",
    "package.json": JSON.stringify({
      main: "index.js",
      dependencies: { "@pulumi/pulumi": "*", "pulumi-elevenlabs": "*" },
    }),
    "index.js": `const pulumi = require("@pulumi/pulumi");
      const { WorkspaceSecret } = require("pulumi-elevenlabs/native");
      new WorkspaceSecret("CRM_TOKEN", { value: new pulumi.Config().requireSecret("token") });`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(project.folder, file), text);
  await install(project.folder);
  const file = join(folder, archive(process.arch === "arm64" ? "linux-arm64" : "linux-amd64"));

  await project.run(`pulumi plugin install resource elevenlabs ${version} --file ${file}`);
  expect(await project.run("pulumi plugin ls")).toMatch(/elevenlabs +resource +0\.1\.0/);
  await project.run("pulumi stack init dev");
  await project.run("pulumi config set --secret token", { input: "v1" });
  await project.run("pulumi up");
  expect(project.secrets()).toEqual({ CRM_TOKEN: "v1" });
  await project.run("pulumi refresh --expect-no-changes");
  await project.run("pulumi destroy");
  expect(project.secrets()).toEqual({});
});

test("the plugin says that it requires Node.js if Node.js is missing", async () => {
  const empty = await mkdtemp(join(process.env.TEST_ROOT ?? "", "no-node-"));
  const ended = await run("/bin/sh", [join("dist/plugin", PLUGIN)], { env: { PATH: empty } }).catch((error) => error);
  expect(ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/requires Node\.js 22 or newer/) });
});

test("a release sets the plugin's server in package.json and the schema", async () => {
  const { jobs } = parse(await readFile(".github/workflows/publish.yml", "utf8"));
  const steps: { name?: string; run?: string; env?: Record<string, string> }[] = jobs.build.steps;
  const step = steps.find(({ name }) => name === "Set where the engine downloads the plugin");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the workflow
  expect(step?.env).toEqual({ SERVER: "github://api.github.com/${{ github.repository }}" });
  const copy = await mkdtemp(join(process.env.TEST_ROOT ?? "", "release-"));
  for (const file of ["package.json", "schema.json", "scripts", "provider", "sdk", "tsconfig.json"])
    await cp(file, join(copy, file), { recursive: true });
  await symlink(join(process.cwd(), "node_modules"), join(copy, "node_modules"));

  const SERVER = "github://api.github.com/owner/repository";
  await run("bash", ["-e", "-c", step?.run ?? "exit 3"], { cwd: copy, env: { ...process.env, SERVER } });

  const json = async (file: string) => JSON.parse(await readFile(join(copy, file), "utf8"));
  const [manifest, schema] = [await json("package.json"), await json("schema.json")];
  expect(manifest.pulumi.server).toBe(SERVER);
  const { pluginDownloadURL, ...rest } = schema;
  expect(pluginDownloadURL).toBe(SERVER);
  expect(rest).toEqual(JSON.parse(await readFile("schema.json", "utf8")));
});
