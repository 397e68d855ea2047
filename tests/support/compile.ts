import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * Compiles TypeScript files with the repository's settings, and returns the compiler's output, which is empty if there is no
 * error. `packages` is another folder in which the compiler finds packages.
 */
export async function compile(files: Record<string, string>, packages?: string): Promise<string> {
  await mkdir(".engine", { recursive: true });
  // Inside the repository, so that the compiler finds its packages.
  const folder = await mkdtemp(join(".engine", "compile-"));
  try {
    if (packages !== undefined) await symlink(packages, join(folder, "node_modules"));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    const options = { extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
    const compiler = "node_modules/typescript/bin/tsc";
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
