// Audits the code that users install: the package, its peer dependency with everything below it, and the bundled packages.
// `npm audit --omit=dev` in the repository would check nothing, because all of these are devDependencies or peers here.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "pulumi-elevenlabs-audit-"));
const npm = (...args) => execFileSync("npm", args, { cwd: folder, stdio: "inherit" });
try {
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]);
  const [{ filename }] = JSON.parse(String(packed));
  const { components } = JSON.parse(readFileSync("dist/sbom.cdx.json", "utf8"));
  // Each package gets an alias, because several versions of a package can be bundled.
  const bundled = components.map(({ name, version }) => [`${name}-${version}`, `npm:${name}@${version}`]);
  const dependencies = { "pulumi-elevenlabs": `file:${filename}`, ...Object.fromEntries(bundled) };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  npm("install", "--ignore-scripts", "--no-audit", "--no-fund");
  npm("audit", "--omit=dev", "--audit-level=low");
  npm("audit", "signatures");
} catch (error) {
  // If npm fails, it returns a status and has already printed the reason.
  if (error.status === undefined) throw error;
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
