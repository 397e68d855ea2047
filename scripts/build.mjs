// Bundles the package with the libraries it uses. Users then install no other package, and the provider process
// loads one file. Most of these libraries are ESM-only, and bundling makes them usable in CommonJS.
import { chmod, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { build, version } from "esbuild";
import { notices } from "./notices.mjs";
import { bundledPackages } from "./packages.mjs";
import { sbom } from "./sbom.mjs";

const common = {
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  tsconfigRaw: { compilerOptions: { target: "ES2024" } },
  legalComments: "inline",
  metafile: true,
};
// A fallback for versions of Node without web streams. All supported versions have them.
const NEVER_LOADED = ["web-streams-polyfill/*"];

// tsc doesn't remove the declarations of files that have moved.
await rm("dist/types", { recursive: true, force: true });

const forPrograms = await build({
  ...common,
  entryPoints: {
    sdk: "sdk/nodejs/index.ts",
    native: "sdk/nodejs/native/index.ts",
    provider: "provider/index.ts",
    emulator: "emulator/index.ts",
    program: "program.ts",
    cli: "cli/main.ts",
    yamlParser: "provider/pulumi/yamlParser.ts",
  },
  plugins: [sharedFile("yamlParser")],
  // Its CommonJS files load each other in a way that esbuild can't follow.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  external: ["@pulumi/pulumi", "@pulumi/pulumi/*", "pulumi-elevenlabs", "pulumi-elevenlabs/*", ...NEVER_LOADED],
});

/** Keeps a module out of the bundles that use it: they load it from a separate file. */
function sharedFile(name) {
  return {
    name: `shared ${name}`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${name}\\.js$`) }, ({ kind }) =>
        kind === "entry-point" ? undefined : { path: `./${name}.js`, external: true },
      );
    },
  };
}

// The plugin is a separate process and must run without the npm package, so all its code is in one file.
const PLUGIN = "pulumi-resource-elevenlabs";
const plugin = await build({
  ...common,
  outdir: "dist/plugin",
  entryPoints: { [PLUGIN]: "provider/hosts/plugin/process.ts" },
  // gRPC loads it only for its channelz and ORCA services, which the plugin doesn't have.
  external: [...NEVER_LOADED, "@grpc/proto-loader"],
});
await copyFile(`provider/hosts/plugin/${PLUGIN}.sh`, `dist/plugin/${PLUGIN}`);
await copyFile(`provider/hosts/plugin/${PLUGIN}.cmd`, `dist/plugin/${PLUGIN}.cmd`);
await chmod(`dist/plugin/${PLUGIN}`, 0o755);

// npm can't see bundled packages, so the package lists them itself.
const bundled = bundledPackages({
  inputs: { ...forPrograms.metafile.inputs, ...plugin.metafile.inputs },
  outputs: { ...forPrograms.metafile.outputs, ...plugin.metafile.outputs },
});
const manifest = JSON.parse(await readFile("package.json", "utf8"));
await writeFile("dist/THIRD_PARTY_NOTICES.txt", notices(bundled.packages));
await writeFile("dist/sbom.cdx.json", `${JSON.stringify(sbom(bundled, manifest, version), undefined, 2)}\n`);
