import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { plainKeysIn } from "../../provider/pulumi/stackFile.js";

/** As `plainKeysIn`, of the running stack; where its file lies elsewhere (`--config-file`), nothing is known. */
export function plainKeysOfStackFile(fullKey: string, part?: string): string[] {
  const file = stackFile();
  return file === undefined ? [] : plainKeysIn(file, fullKey, part);
}

function stackFile(): string | undefined {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) {
      const file = join(folder, `Pulumi.${pulumi.getStack()}.yaml`);
      return existsSync(file) ? file : undefined;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
