// Packs the built plugin for each platform, under the names that Pulumi's engine downloads:  node scripts/pluginArchives.mjs FOLDER
// The same files give the same archives, so anyone can check a release.
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";

const root = fileURLToPath(new URL("..", import.meta.url));
const PLUGIN = "pulumi-resource-elevenlabs";
// The plugin runs on the machine's Node.js. Only the file that starts it depends on the platform.
const STARTERS = { linux: PLUGIN, darwin: PLUGIN, windows: `${PLUGIN}.cmd` };
const ARCHITECTURES = ["amd64", "arm64"];
// The same date as in npm packages: some tools reject the year 1970 or warn about it.
const MTIME = new Date("1985-10-26T08:15:00.000Z");

export async function pluginArchives(folder) {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const contents = await mkdtemp(join(tmpdir(), `${PLUGIN}-`));
  try {
    for (const file of ["LICENSE", "dist/THIRD_PARTY_NOTICES.txt"])
      await copyFile(join(root, file), join(contents, file.replace("dist/", "")));
    for (const file of [`${PLUGIN}.js`, ...new Set(Object.values(STARTERS))])
      await copyFile(join(root, "dist/plugin", file), join(contents, file));
    await mkdir(folder, { recursive: true });
    const archives = Object.entries(STARTERS).flatMap(([os, starter]) =>
      ARCHITECTURES.map((architecture) => ({ name: `${PLUGIN}-v${version}-${os}-${architecture}.tar.gz`, starter })),
    );
    for (const { name, starter } of archives)
      await create(
        {
          file: join(folder, name),
          cwd: contents,
          gzip: { level: 9, portable: true },
          // Leaves out owners and other metadata that differs between machines.
          portable: true,
          mtime: MTIME,
          onWriteEntry: (entry) => {
            entry.stat.mode = entry.path === starter ? 0o755 : 0o644;
          },
        },
        ["LICENSE", "THIRD_PARTY_NOTICES.txt", starter, `${PLUGIN}.js`],
      );
    return archives.map(({ name }) => name);
  } finally {
    await rm(contents, { recursive: true, force: true });
  }
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: node scripts/pluginArchives.mjs FOLDER\n");
  process.exitCode = 2;
} else for (const name of await pluginArchives(folder)) process.stdout.write(`${name}\n`);
