// Prints the folder of a Pulumi engine that can run this repository's programs, after getting one where there is none.
import { execFile, spawn } from "node:child_process";
import { constants, realpathSync } from "node:fs";
import { access, copyFile, mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const VERSION = "3.259.0";
// The oldest that is accepted from the PATH.
const MINIMUM = "3.200.0";
const BINARIES = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, "../../.engine");
const ours = join(cache, `${VERSION}-${process.platform}-${process.arch}`);
// Even `pulumi version` writes logs.
const home = join(cache, "home");
const require = createRequire(import.meta.url);

const say = (line) => process.stderr.write(`${line}\n`);
const reason = (error) => String(error.message ?? error).trim();

const isWhole = async (folder) => {
  const found = await Promise.allSettled(BINARIES.map((name) => access(join(folder, name), constants.X_OK)));
  return found.every(({ status }) => status === "fulfilled");
};

const versionOf = async (folder) => {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1", PULUMI_HOME: home };
  const { stdout } = await promisify(execFile)(join(folder, "pulumi"), ["version"], { env, timeout: 20_000 });
  return stdout.trim().replace(/^v/, "");
};

const isOlder = (version, than) => version.localeCompare(than, "en", { numeric: true }) < 0;

const onPath = async () => {
  for (const entry of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const target = await realpath(join(entry, "pulumi")).catch(() => undefined);
    if (!target) continue;
    for (const folder of new Set([entry, dirname(target)])) {
      if (!(await isWhole(folder))) continue;
      const version = await versionOf(folder).catch(() => "0");
      if (!isOlder(version, MINIMUM)) return folder;
      say(`${folder} has Pulumi ${version}, and ${MINIMUM} or newer is needed: looking for another`);
    }
  }
};

const install = async (root, signal) => {
  const probe = await fetch("https://get.pulumi.com/install.sh", {
    method: "HEAD",
    signal: AbortSignal.timeout(5_000),
  });
  if (!probe.ok) throw new Error(`get.pulumi.com answered ${probe.status}`);
  say(`installing Pulumi ${VERSION} with the vendor's installer, once`);
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

const go = (module, args, signal) =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", GOWORK: "off" };
    const child = spawn("go", args, {
      cwd: join(here, module),
      env,
      signal,
      killSignal: "SIGINT",
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said = (said + chunk).slice(-2_000);
    });
    child.once("error", (error) => {
      said = error.code === "ENOENT" ? "go is missing" : error.message;
    });
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(said.trim() || `go ended with ${code}`))));
  });

const build = async (root, signal) => {
  // Says it at once where this Go is too old and may not get a newer one by itself.
  await go("cli", ["list", "-m"], signal);
  say(`building Pulumi ${VERSION} from Go modules, about 4 minutes, once`);
  const bin = join(root, "bin");
  await go(
    "language-nodejs",
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

/** The folder that holds `pulumi`. Several processes may ask at once: a new folder appears whole, and the first one stays. */
export async function engine(signal = new AbortController().signal) {
  const found = await onPath();
  if (found) return found;
  if (await isWhole(ours)) return ours;
  await mkdir(cache, { recursive: true });
  const root = await mkdtemp(join(cache, "new-"));
  try {
    const failures = [];
    for (const get of [install, build]) {
      try {
        await get(root, signal);
        if (!(await isWhole(join(root, "bin")))) throw new Error(`not all of ${BINARIES.join(", ")} are there`);
        await rename(join(root, "bin"), ours).catch(async (error) => {
          if (!(await isWhole(ours))) throw error;
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
        `No Pulumi engine of ${MINIMUM} or newer on the PATH, and neither way to get one worked:`,
        `  the vendor's installer: ${installing}`,
        `  a build from Go modules: ${building}`,
        "Install Pulumi, https://www.pulumi.com/docs/install/, or Go 1.25.11 or newer, https://go.dev/dl/",
      ].join("\n"),
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => interrupt.abort());
  try {
    process.stdout.write(`${await engine(interrupt.signal)}\n`, () => process.exit(0));
  } catch (error) {
    say(interrupt.signal.aborted ? "interrupted" : reason(error));
    process.exit(1);
  }
}
