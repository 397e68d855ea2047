import { readFileSync } from "node:fs";

const json = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * Returns the packages whose code is in the bundles. Packages that tree shaking has removed don't count.
 * @param {import("esbuild").Metafile} metafile
 */
export function bundledPackages({ inputs, outputs }) {
  const locked = json("package-lock.json").packages;
  const manifests = {};
  const packageOf = (path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (folder === undefined) return undefined;
    manifests[folder] ??= json(`${folder}/package.json`);
    const { name, version, license } = manifests[folder];
    return { id: `${name}@${version}`, name, version, license, folder };
  };

  // The key is name and version, because the same package can be installed in several folders.
  const packages = new Map();
  for (const [file, output] of Object.entries(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const found = bytesInOutput > 0 && packageOf(input);
      if (!found) continue;
      const { integrity } = locked[found.folder] ?? {};
      if (!packages.has(found.id)) packages.set(found.id, { ...found, integrity, files: new Set(), uses: new Set() });
      packages.get(found.id).files.add(file);
    }
  }

  const direct = new Set();
  for (const [input, { imports }] of Object.entries(inputs)) {
    const user = packageOf(input);
    const uses = user ? packages.get(user.id)?.uses : direct;
    for (const { path } of imports) {
      const used = packageOf(path)?.id;
      if (packages.has(used) && used !== user?.id) uses?.add(used);
    }
  }

  return {
    direct: [...direct].sort(),
    packages: [...packages.keys()].sort().map((id) => {
      const { files, uses, ...rest } = packages.get(id);
      return { ...rest, files: [...files].sort(), uses: [...uses].sort() };
    }),
  };
}
