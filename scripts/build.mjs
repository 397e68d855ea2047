// Bundles the package. The libraries it uses (all of them small and ESM-only or deprecated-by-transitivity on npm) are
// bundled, so that users install this package alone and the provider process loads one file.
import { readFile, writeFile } from "node:fs/promises";
import { build, version } from "esbuild";
import { notices } from "./notices.mjs";
import { bundledPackages } from "./packages.mjs";
import { sbom } from "./sbom.mjs";

const { metafile } = await build({
  entryPoints: {
    sdk: "sdk/nodejs/index.ts",
    provider: "provider/index.ts",
    emulator: "emulator/index.ts",
    program: "program.ts",
    cli: "cli/main.ts",
  },
  outdir: "dist",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  external: [
    "@pulumi/pulumi",
    "@pulumi/pulumi/*",
    "pulumi-elevenlabs",
    "pulumi-elevenlabs/*",
    // A fallback for a Node without streams of its own; no Node that is supported gets there.
    "web-streams-polyfill/*",
  ],
  tsconfigRaw: { compilerOptions: { target: "ES2024" } },
  legalComments: "inline",
  metafile: true,
});

// npm knows nothing of what is bundled.
const bundled = bundledPackages(metafile);
const manifest = JSON.parse(await readFile("package.json", "utf8"));
await writeFile("dist/THIRD_PARTY_NOTICES.txt", notices(bundled.packages));
await writeFile("dist/sbom.cdx.json", `${JSON.stringify(sbom(bundled, manifest, version), undefined, 2)}\n`);
