// Prints the folder of a Pulumi engine that can run the programs in this repository. Installs or builds one if necessary.
import { execFile, spawn } from "node:child_process";
import { constants, realpathSync } from "node:fs";
import { access, chmod, copyFile, mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const VERSION = "3.259.0";
// The oldest version on the PATH that is used.
const MINIMUM = "3.200.0";
const BINARIES = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
/** Languages that are built only on request. */
const LANGUAGES = {
  python: ["pulumi-language-python-exec", "pulumi-language-python"],
  yaml: ["pulumi-language-yaml"],
};

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, "../../.engine");
const ours = join(cache, `${VERSION}-${process.platform}-${process.arch}`);
// `pulumi version` writes logs to its home folder, and the user's home folder must remain unchanged.
const home = join(cache, "home");
const require = createRequire(import.meta.url);

const say = (line) => process.stderr.write(`${line}\n`);
const reason = (error) => String(error.message ?? error).trim();

const isComplete = async (folder, languages = []) => {
  const names = [...BINARIES, ...languages.flatMap((language) => LANGUAGES[language])];
  const found = await Promise.allSettled(names.map((name) => access(join(folder, name), constants.X_OK)));
  return found.every(({ status }) => status === "fulfilled");
};

const versionOf = async (folder) => {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1", PULUMI_HOME: home };
  const { stdout } = await promisify(execFile)(join(folder, "pulumi"), ["version"], { env, timeout: 20_000 });
  return stdout.trim().replace(/^v/, "");
};

const isOlder = (version, than) => version.localeCompare(than, "en", { numeric: true }) < 0;

const onPath = async (languages) => {
  for (const entry of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const target = await realpath(join(entry, "pulumi")).catch(() => undefined);
    if (!target) continue;
    for (const folder of new Set([entry, dirname(target)])) {
      if (!(await isComplete(folder, languages))) continue;
      const version = await versionOf(folder).catch(() => "0");
      if (!isOlder(version, MINIMUM)) return folder;
      say(`Skipping Pulumi ${version} in ${folder}: ${MINIMUM} or newer is required.`);
    }
  }
};

const install = async (root, signal) => {
  const probe = await fetch("https://get.pulumi.com/install.sh", {
    method: "HEAD",
    signal: AbortSignal.timeout(5_000),
  });
  if (!probe.ok) throw new Error(`get.pulumi.com returned status ${probe.status}`);
  say(`Installing Pulumi ${VERSION} with Pulumi's own installer. This happens once.`);
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");
  const stop = AbortSignal.any([signal, AbortSignal.timeout(600_000)]);
  const before = process.env.PULUMI_HOME;
  process.env.PULUMI_HOME = home;
  try {
    await Promise.race([
      PulumiCommand.install({ root, version: new SemVer(VERSION) }),
      new Promise((_, reject) => stop.addEventListener("abort", () => reject(stop.reason))),
    ]);
  } finally {
    if (before === undefined) delete process.env.PULUMI_HOME;
    else process.env.PULUMI_HOME = before;
  }
};

/** Runs `go` in the folder of one of our Go modules, and returns its output. */
const go = (module, args, signal) =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };
    const child = spawn("go", args, {
      cwd: join(here, module),
      env,
      signal,
      killSignal: "SIGINT",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    let output = "";
    child.stderr.on("data", (chunk) => {
      output = (output + chunk).slice(-2_000);
    });
    child.once("error", (error) => {
      output = error.code === "ENOENT" ? "Go isn't installed" : error.message;
    });
    child.once("close", (code) =>
      code === 0 ? resolve(printed.trim()) : reject(new Error(output.trim() || `\`go\` failed with exit code ${code}`)),
    );
  });

const build = async (root, signal) => {
  // Fails at once if this version of Go is too old and can't download a newer one.
  await go("cli", ["list", "-m"], signal);
  say(`Building Pulumi ${VERSION} from its Go modules. This happens once and takes about 4 minutes.`);
  const bin = join(root, "bin");
  await go(
    "languages",
    [
      ...["build", "-ldflags", "-s -w", "-o", join(bin, "pulumi-language-nodejs")],
      "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ],
    signal,
  );
  const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${VERSION}`;
  await go(
    "cli",
    [
      ...["build", "-ldflags", `-s -w ${stamp}`, "-o", join(bin, "pulumi")],
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ],
    signal,
  );
  const launcher = "pulumi-resource-pulumi-nodejs";
  await copyFile(join(dirname(require.resolve("@pulumi/pulumi/package.json")), launcher), join(bin, launcher));
};

/** Builds the files of a language host in a folder. */
const BUILDS = {
  async python(folder, signal) {
    const SDK = "github.com/pulumi/pulumi/sdk/v3";
    const [script, host] = LANGUAGES.python;
    const source = await go("languages", ["list", "-m", "-f", "{{.Dir}}", SDK], signal);
    await copyFile(join(source, "python/cmd", script), join(folder, script));
    await chmod(join(folder, script), 0o755);
    const target = `${SDK}/python/cmd/pulumi-language-python`;
    await go("languages", ["build", "-ldflags", "-s -w", "-o", join(folder, host), target], signal);
  },
  async yaml(folder, signal) {
    const [host] = LANGUAGES.yaml;
    const target = `github.com/pulumi/pulumi-yaml/cmd/${host}`;
    await go("yaml", ["build", "-ldflags", "-s -w", "-o", join(folder, host), target], signal);
  },
};

const addLanguage = async (language, signal) => {
  say(`Building Pulumi's language host for ${language} from its Go module. This happens once and can take minutes.`);
  const root = await mkdtemp(join(cache, "new-"));
  try {
    await BUILDS[language](root, signal);
    for (const name of LANGUAGES[language]) await rename(join(root, name), join(ours, name));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

/**
 * Returns the folder that contains `pulumi`, with the language hosts for Node.js and for each of `languages` (`"python"`, `"yaml"`).
 * Several processes can call this at the same time, because each file is complete when it is renamed into its place.
 */
export async function engine(signal = new AbortController().signal, { languages = [] } = {}) {
  const found = await onPath(languages);
  if (found) return found;
  const folder = await ourEngine(signal);
  for (const language of languages) {
    if (!(await isComplete(folder, [language]))) await addLanguage(language, signal);
  }
  return folder;
}

async function ourEngine(signal) {
  if (await isComplete(ours)) return ours;
  await mkdir(cache, { recursive: true });
  const root = await mkdtemp(join(cache, "new-"));
  try {
    const failures = [];
    for (const get of [install, build]) {
      try {
        await get(root, signal);
        if (!(await isComplete(join(root, "bin"))))
          throw new Error(`${BINARIES.join(", ")}: at least one of these is missing`);
        await rename(join(root, "bin"), ours).catch(async (error) => {
          if (!(await isComplete(ours))) throw error;
        });
        return ours;
      } catch (error) {
        signal.throwIfAborted();
        failures.push(reason(error.cause ?? error));
      }
    }
    const [installing, building] = failures;
    throw new Error(
      [
        `Found no Pulumi ${MINIMUM} or newer on the PATH, and couldn't get one:`,
        `  Pulumi's installer: ${installing}`,
        `  build from Go modules: ${building}`,
        "Install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.25.11 or newer (https://go.dev/dl/), and try again.",
      ].join("\n"),
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const languages = Object.keys(LANGUAGES).filter((language) => process.argv.includes(`--${language}`));
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => interrupt.abort());
  try {
    process.stdout.write(`${await engine(interrupt.signal, { languages })}\n`, () => process.exit(0));
  } catch (error) {
    say(interrupt.signal.aborted ? "Interrupted." : reason(error));
    process.exit(1);
  }
}
