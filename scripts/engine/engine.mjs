// Prints the folder of a Pulumi engine that can run the programs in this repository. Installs or builds one if necessary.
import { execFile, spawn } from "node:child_process";
import { constants, realpathSync } from "node:fs";
import { access, chmod, copyFile, mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The version that the tests run on. */
export const VERSION = "3.276.0";
/** The oldest version that is supported. */
export const OLDEST = "3.200.0";
/** The Go modules of the versions that can be built. */
const MODULES = { [VERSION]: "cli", [OLDEST]: "oldest" };
const COMPILED = ["pulumi", "pulumi-language-nodejs"];
/** Starts dynamic providers. It is a script in the npm package of Pulumi's SDK. */
const LAUNCHER = "pulumi-resource-pulumi-nodejs";
const BINARIES = [...COMPILED, LAUNCHER];
/** Languages that are built only on request. */
const LANGUAGES = {
  python: ["pulumi-language-python-exec", "pulumi-language-python"],
  yaml: ["pulumi-language-yaml"],
};

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, "../../.engine");
const folderOf = (version) => join(cache, `${version}-${process.platform}-${process.arch}`);
// `pulumi version` writes logs to its home folder, and the user's home folder must remain unchanged.
const home = join(cache, "home");
const require = createRequire(import.meta.url);

const say = (line) => process.stderr.write(`${line}\n`);
const reason = (error) => String(error.message ?? error).trim();

const fileOf = (name) => {
  if (process.platform !== "win32" || name === LANGUAGES.python[0]) return name;
  return name === LAUNCHER ? `${name}.cmd` : `${name}.exe`;
};

const hasAll = async (folder, names) => {
  const found = await Promise.allSettled(names.map((name) => access(join(folder, fileOf(name)), constants.X_OK)));
  return found.every(({ status }) => status === "fulfilled");
};

const isComplete = (folder, languages = []) =>
  hasAll(folder, [...BINARIES, ...languages.flatMap((language) => LANGUAGES[language])]);

const versionOf = async (folder) => {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1", PULUMI_HOME: home };
  const { stdout } = await promisify(execFile)(join(folder, "pulumi"), ["version"], { env, timeout: 20_000 });
  return stdout.trim().replace(/^v/, "");
};

const isOlder = (version, than) => version.localeCompare(than, "en", { numeric: true }) < 0;

const onPath = async (languages) => {
  for (const entry of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const target = await realpath(join(entry, fileOf("pulumi"))).catch(() => undefined);
    if (!target) continue;
    for (const folder of new Set([entry, dirname(target)])) {
      if (!(await isComplete(folder, languages))) continue;
      const version = await versionOf(folder).catch(() => "0");
      if (!isOlder(version, OLDEST)) return folder;
      say(`Skipping Pulumi ${version} in ${folder}: ${OLDEST} or newer is required.`);
    }
  }
};

/** Throws if Pulumi's download site can't be reached. */
const probeSite = async () => {
  const probe = await fetch("https://get.pulumi.com/install.sh", {
    method: "HEAD",
    signal: AbortSignal.timeout(5_000),
  });
  if (!probe.ok) throw new Error(`get.pulumi.com returned status ${probe.status}`);
};

const install = async (root, version, signal) => {
  await probeSite();
  say(`Installing Pulumi ${version} with Pulumi's own installer. This happens once.`);
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");
  const stop = AbortSignal.any([signal, AbortSignal.timeout(600_000)]);
  const before = process.env.PULUMI_HOME;
  process.env.PULUMI_HOME = home;
  try {
    await Promise.race([
      PulumiCommand.install({ root, version: new SemVer(version) }),
      new Promise((_, reject) => stop.addEventListener("abort", () => reject(stop.reason))),
    ]);
  } finally {
    if (before === undefined) delete process.env.PULUMI_HOME;
    else process.env.PULUMI_HOME = before;
  }
};

/** The garbage collector takes a quarter of the compiler's time, although each process is short. The limit is soft. */
const LESS_COLLECTION = { GOGC: "400", GOMEMLIMIT: "1500MiB" };

/** Runs `go` in the folder of one of our Go modules, and returns its output. Calls `onPackage` for each package that is compiled. */
const go = (module, args, signal, onPackage = () => {}) =>
  new Promise((resolve, reject) => {
    const env = { ...LESS_COLLECTION, ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };
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
    createInterface(child.stderr).on("line", (line) => {
      // With -v, Go prints the path of each package that it compiles.
      if (/^\S+$/.test(line)) onPackage();
      else output = `${output}${line}\n`.slice(-2_000);
    });
    child.once("error", (error) => {
      output = error.code === "ENOENT" ? "Go isn't installed" : error.message;
    });
    child.once("close", (code) =>
      code === 0 ? resolve(printed.trim()) : reject(new Error(output.trim() || `\`go\` failed with exit code ${code}`)),
    );
  });

const PROGRESS_MS = 20_000;

/** Builds a package of one of our Go modules, and says how far it is. */
const compile = async ({ module, target, file, flags = "-s -w" }, signal) => {
  const stale = await go(module, ["list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", target], signal);
  const total = stale.split("\n").filter(Boolean).length;
  const start = Date.now();
  let compiled = 0;
  const progress = setInterval(() => {
    const percent = Math.min(99, Math.floor((100 * compiled) / Math.max(1, total)));
    say(`  ${percent}% of ${total} Go packages, ${Math.round((Date.now() - start) / 1000)} s`);
  }, PROGRESS_MS);
  try {
    await go(module, ["build", "-v", "-ldflags", flags, "-o", file, target], signal, () => compiled++);
  } finally {
    clearInterval(progress);
  }
};

const build = async (root, version, signal) => {
  const module = MODULES[version];
  // Fails at once if this version of Go is too old and can't download a newer one.
  await go(module, ["list", "-m"], signal);
  say(`Building Pulumi ${version} from its Go modules. This happens once and takes about 4 minutes.`);
  const bin = join(root, "bin");
  const host = "pulumi-language-nodejs";
  await compile(
    {
      module: "languages",
      target: `github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/${host}`,
      file: join(bin, fileOf(host)),
    },
    signal,
  );
  const stamp = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const target = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
  await compile({ module, target, file: join(bin, fileOf("pulumi")), flags: `-s -w ${stamp}` }, signal);
};

const addLauncher = async (folder) => {
  const name = fileOf(LAUNCHER);
  const file = join(folder, `${name}.${process.pid}`);
  await copyFile(join(dirname(require.resolve("@pulumi/pulumi/package.json")), name), file);
  await rename(file, join(folder, name));
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
    await compile({ module: "languages", target, file: join(folder, fileOf(host)) }, signal);
  },
  async yaml(folder, signal) {
    const [host] = LANGUAGES.yaml;
    const target = `github.com/pulumi/pulumi-yaml/cmd/${host}`;
    await compile({ module: "yaml", target, file: join(folder, fileOf(host)) }, signal);
  },
};

const addLanguage = async (folder, language, signal) => {
  say(`Building Pulumi's language host for ${language} from its Go module. This happens once and can take minutes.`);
  const root = await mkdtemp(join(cache, "new-"));
  try {
    await BUILDS[language](root, signal);
    for (const file of LANGUAGES[language].map(fileOf)) await rename(join(root, file), join(folder, file));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

/**
 * Returns the folder that contains `pulumi`, with the language hosts for Node.js and for each of `languages` (`"python"`, `"yaml"`).
 * With a `version`, ignores the engines on the PATH. Several processes can call this at the same time, because each file is
 * complete when it is renamed into its place.
 */
export async function engine(signal = new AbortController().signal, { languages = [], version } = {}) {
  const found = version === undefined ? await onPath(languages) : undefined;
  if (found) return found;
  const folder = await ourEngine(version ?? VERSION, signal);
  for (const language of languages) {
    if (!(await isComplete(folder, [language]))) await addLanguage(folder, language, signal);
  }
  return folder;
}

/** Builds what needs no npm packages, so that it can run while npm installs them. Never fails: `engine` repeats what failed. */
async function buildEarly(signal) {
  if ((await onPath([])) || (await hasAll(folderOf(VERSION), COMPILED))) return;
  const isReachable = await probeSite().then(
    () => true,
    () => false,
  );
  if (!isReachable) await getInto(folderOf(VERSION), [(root) => build(root, VERSION, signal)], signal).catch(() => {});
}

async function ourEngine(version, signal) {
  const folder = folderOf(version);
  const steps = [(root) => install(root, version, signal), (root) => build(root, version, signal)];
  if (!(await hasAll(folder, COMPILED))) {
    const failures = await getInto(folder, steps, signal);
    if (failures.length === steps.length) {
      const [installing, building] = failures;
      throw new Error(
        [
          `Found no Pulumi ${OLDEST} or newer on the PATH, and couldn't get one:`,
          `  Pulumi's installer: ${installing}`,
          `  build from Go modules: ${building}`,
          "Install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.26.6 or newer (https://go.dev/dl/), and try again.",
        ].join("\n"),
      );
    }
  }
  if (!(await isComplete(folder))) await addLauncher(folder);
  return folder;
}

/** Runs the steps until one of them puts an engine into `bin` of its folder, and moves it. Returns why the others failed. */
async function getInto(folder, steps, signal) {
  await mkdir(cache, { recursive: true });
  const root = await mkdtemp(join(cache, "new-"));
  const failures = [];
  try {
    for (const step of steps) {
      try {
        await step(root);
        if (!(await hasAll(join(root, "bin"), COMPILED)))
          throw new Error(`${COMPILED.join(", ")}: at least one of these is missing`);
        await rename(join(root, "bin"), folder).catch(async (error) => {
          if (!(await hasAll(folder, COMPILED))) throw error;
        });
        break;
      } catch (error) {
        signal.throwIfAborted();
        failures.push(reason(error.cause ?? error));
      }
    }
    return failures;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const languages = Object.keys(LANGUAGES).filter((language) => process.argv.includes(`--${language}`));
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => interrupt.abort());
  try {
    if (process.argv.includes("--early")) await buildEarly(interrupt.signal);
    else process.stdout.write(`${await engine(interrupt.signal, { languages })}\n`, () => process.exit(0));
  } catch (error) {
    say(interrupt.signal.aborted ? "Interrupted." : reason(error));
    process.exit(1);
  }
}
