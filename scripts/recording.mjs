// Runs `make demo` and draws some of its steps as docs/demo.svg, the picture in the README. Every line in the picture is
// from this run. Omitted: the other steps, and lines that an interactive terminal replaces or that only concern the emulator.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { terminalSvg } from "./recording/terminalSvg.mjs";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The steps in the picture, by the start of their headings. */
const STEPS = ["Store three secrets", "Change one value", "Someone renames", "`up --refresh`", "`destroy`"];

const OMITTED_COMMANDS = [
  // The address of the emulator, with a port that changes.
  /^\$ pulumi config set elevenlabs:baseUrl /,
  // Omit this step's output: it repeats the outputs that `pulumi up` has just printed.
  /^\$ pulumi stack output /,
];

const OMITTED_LINES = [
  // Omit progress lines, which an interactive terminal replaces with the result.
  /^@ /,
  /\b(creating|updating|refreshing|replacing|deleting|running)\b/,
  // Omit resources that haven't changed.
  /^~? *\S+:\S+:\S+ \S+( refresh\b.*)?$/,
  // Omit the advice about `pulumi stack rm`.
  /^(The resources in the stack have been|If you want to remove the stack)/,
];

/** Runs the demo, and returns the lines that it prints, each with its time in milliseconds. */
async function runDemo() {
  const env = { ...process.env, FORCE_COLOR: "1" };
  const demo = spawn("make", ["-s", "demo"], { cwd: repository, env, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(demo, "close");
  const lines = [];
  for await (const text of createInterface({ input: demo.stdout })) {
    console.log(text);
    lines.push({ at: performance.now(), text: text.trimEnd() });
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`\`make demo\` failed with exit code ${code}.`);
  return lines;
}

const plain = ({ text }) => stripVTControlCharacters(text).trim();
const isOneOf = (patterns, text) => patterns.some((pattern) => pattern.test(text));

/** Splits the lines before each line that `starts` matches. Lines before the first match are omitted. */
function split(lines, starts) {
  const parts = [];
  for (const line of lines) {
    if (starts.test(plain(line))) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

function scene([heading, ...rest]) {
  const commands = split(rest, /^\$ /).filter(([command]) => !isOneOf(OMITTED_COMMANDS, plain(command)));
  const lines = commands.flatMap(([command, ...output]) => [
    { ...command, text: plain(command), kind: "bold" },
    ...output
      .filter((line) => !isOneOf(OMITTED_LINES, plain(line)))
      .map((line) => ({ ...line, text: line.text.slice(2) })),
  ]);
  return { lines: trimmed([{ ...heading, kind: "heading weak" }, ...lines]) };
}

/** Removes empty lines at the end, and replaces several empty lines with a single empty line. */
function trimmed(lines) {
  const isEmpty = (line) => line === undefined || plain(line) === "";
  return lines
    .filter((line, index) => !isEmpty(line) || !isEmpty(lines[index + 1]))
    .map((line) => (isEmpty(line) ? { ...line, text: "" } : line));
}

const printed = await runDemo();
const summary = printed.at(-1);
const steps = split(printed.slice(0, -1), /^\d+\. /);
const chosen = STEPS.map((start) => {
  const step = steps.find(([heading]) =>
    plain(heading)
      .replace(/^\d+\. /, "")
      .startsWith(start),
  );
  if (step === undefined)
    throw new Error(`The demo has no step that starts with "${start}". Update STEPS in this script.`);
  return step;
});
const scenes = chosen.map(scene);
if (chosen.at(-1) === steps.at(-1)) {
  scenes.at(-1).lines.push({ ...summary, text: "" }, { ...summary, kind: "bold" });
}

const svg = terminalSvg(scenes, {
  title: "make demo",
  note: `${scenes.length} of ${steps.length} steps, shortened`,
  description: `A recording of the demo: ${chosen.map(([heading]) => plain(heading)).join("; ")}. ${plain(summary)}`,
});
if (svg.includes(repository)) throw new Error("The picture would contain a path of this machine.");
await writeFile(join(repository, "docs/demo.svg"), svg);
console.log(`\nWrote docs/demo.svg, ${Math.ceil(svg.length / 1024)} KB.`);
