import { existsSync, readFileSync } from "node:fs";

/** Whether a file of tests, such as `engine/owners`, has a test or a group of tests with this title. */
export function hasTitle(file: string, title: string): boolean {
  const paths = ["test", "matrix"].map((kind) => `tests/${file}.${kind}.ts`).filter(existsSync);
  return paths.some((path) => {
    // A title is on the line of the call, or below it. It follows the name of the function, or the end of the table of `each`.
    const source = readFileSync(path, "utf8").replaceAll(/\(\s+(?=["'`])/g, "(");
    return ['"', "'", "`"].some((quote) => source.includes(`(${quote}${title}${quote},`));
  });
}
