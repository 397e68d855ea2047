import type { OwnedFacts } from "../ownership/ownership.js";
import { quoted, sanitized } from "../text/sanitize.js";
import type { ConfigFault } from "../workspaces/settings.js";
import { explainFaultOf, explainFaults, type InvalidConfig } from "./config.js";
import { explainOwner } from "./owner.js";
import { checkFailure } from "./problem.js";
import { didYouMean } from "./text.js";

// Problems with an input. The reason never contains the value of the input.

export const inputMissing = checkFailure("input-missing", () => ["is missing"]);

export const inputEmpty = checkFailure("input-empty", ({ isBlank, advice }: { isBlank: boolean; advice: string }) => [
  `is ${isBlank ? "blank" : "empty"}: ${advice}`,
]);

export const inputType = checkFailure("input-type", ({ expected, given }: { expected: string; given: string }) => [
  `must be ${expected}, not ${given}`,
]);

export const inputChoice = checkFailure("input-choice", ({ choices }: { choices: readonly string[] }) => [
  `must be one of ${choices.map((choice) => `"${choice}"`).join(", ")}`,
]);

export const inputUnknown = checkFailure("input-unknown", ({ known }: { known: readonly string[] }) => [
  `is not an input of WorkspaceSecret; valid inputs are ${known.join(", ")}`,
]);

export const valueTransformed = checkFailure("value-transformed", () => [
  "was set by a transformation, so the state would store it in plain text: set it in the program",
]);

/** Two names in `elevenlabs:workspaces` with the same URL and key are one workspace. */
export const declaredTwice = checkFailure(
  "declared-twice",
  ({ resource, input }: { resource: string; input: "name" | "existingId" }) => [
    `is also the ${input} of resource ${quoted(resource)}${input === "name" ? " in the same workspace" : ""}: change the ${input} of one of the two resources`,
  ],
);

export const ownedByOtherAtCheck = checkFailure("owned-by-other", (facts: OwnedFacts, reader) => {
  const [why, ...next] = explainOwner(facts, reader);
  return [`refers to a secret of another resource: ${why}`, ...next];
});

/** The reason may be a missing `pulumi login`, or a folder for temporary files that can't be used. */
export const stateUnreadable = checkFailure("state-unreadable", ({ reason }: { reason: string }) => [
  `can't be used to adopt a secret, because the stack's state could not be read: ${sanitized(reason)}`,
  "Without the state, the provider can't check whether another resource of this stack owns the secret.",
]);

export const providerConfigUnknown = checkFailure(
  "provider-config-unknown",
  ({ key, known }: { key: string; known: readonly string[] }) => [
    `is not a config key of elevenlabs${didYouMean(key, known)}; valid keys are ${known.join(", ")}`,
  ],
);

/** See [invalid-config](#invalid-config). */
export const providerConfigInvalid = checkFailure(
  "provider-config-invalid",
  ({ fault, provider }: { fault: ConfigFault; provider?: string | undefined }, reader) =>
    explainFaultOf(provider, fault, reader),
);

/** See [invalid-config](#invalid-config). */
export const workspaceUnusable = checkFailure("workspace-unusable", (facts: InvalidConfig, reader) => {
  const [why, ...next] = explainFaults(facts, reader);
  return [`cannot be used: ${why}`, ...next];
});
