// Audits what users install: the package, its peer with all that this brings, and the packages that are bundled. npm knows
// nothing of those, and in this folder `npm audit --omit=dev` finds nothing because it looks at nothing.
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
  // Under names of their own: several versions of a package may be bundled.
  const bundled = components.map(({ name, version }) => [`${name}-${version}`, `npm:${name}@${version}`]);
  const dependencies = { "pulumi-elevenlabs": `file:${filename}`, ...Object.fromEntries(bundled) };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  npm("install", "--ignore-scripts", "--no-audit", "--no-fund");
  npm("audit", "--omit=dev", "--audit-level=low");
  npm("audit", "signatures");
} catch (error) {
  // npm itself has said why.
  if (error.status === undefined) throw error;
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
