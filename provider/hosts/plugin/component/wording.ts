import { entryText } from "../../../component/wording.js";
import { setConfig } from "../../../messages/commands.js";
import { problem } from "../../../messages/problem.js";
import { commandFor, didYouMean } from "../../../messages/text.js";
import { configPath } from "../../../pulumi/configPath.js";
import { sanitized } from "../../../text/sanitize.js";
import type { ComponentFault } from "./inputs.js";

/** A program in YAML, Python, Go or another language passes these inputs. The error lists everything that is wrong. */
export const componentInputsInvalid = problem(
  "component-inputs-invalid",
  ({ faults, known }: { faults: ComponentFault[]; known: readonly string[] }, reader) => {
    const entry = faults.find((fault) => fault.kind === "entry")?.entry;
    const path = configPath("secrets", entry?.name || "NAME");
    return [
      faults.map((fault) => componentFaultText(fault, known)).join("; "),
      ...(faults.some(({ kind }) => kind === "unknown") ? [`Inputs of WorkspaceSecrets: ${known.join(", ")}`] : []),
      ...(entry
        ? [
            `In config, set each value with --secret, which always stores a string: ${commandFor(reader, setConfig(path, { secret: true }))}`,
          ]
        : []),
    ];
  },
);

/** This happens with `--continue-on-error`: the component can't know which secrets to keep. */
export const secretsUnknown = problem("secrets-unknown", () => [
  "a resource that it depends on failed",
  "Nothing was changed. Correct the other error, and run the command again.",
]);

function componentFaultText(fault: ComponentFault, known: readonly string[]): string {
  switch (fault.kind) {
    case "unknown":
      return `${sanitized(fault.property)} is not an input of WorkspaceSecrets${didYouMean(fault.property, known)}`;
    case "wrong-type":
      return `${fault.property} must be ${fault.expected}, not ${fault.given}`;
    case "entry":
      return `in ${fault.property}, ${entryText(fault.entry)}`;
    case "shared":
      return `${fault.failure.property} ${fault.failure.explain()[0]}`;
  }
}
