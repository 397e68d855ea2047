import { changesOf } from "../../provider/secret/changes.js";
import { type CreateDecision, decideCreate } from "../../provider/secret/createDecision.js";
import type { PlannedStep, StackSecret } from "../pulumi/output.js";
import type { Drift, WorkspaceDrift } from "./find.js";

/** The effect of the next `pulumi up --refresh` on a difference, or the change that the program needs first. */
export type Outcome =
  | CreateDecision
  | { kind: "forgotten" }
  | { kind: "renamed-back" }
  | { kind: "replaced" }
  | { kind: "planned"; operation: PlannedStep["operation"] }
  | { kind: "must-follow-name"; name: string };

/** With these outcomes, `pulumi up --refresh` fails until the program is changed. */
const EDITS: Outcome["kind"][] = ["existing-id-not-found", "several-with-this-name", "name-taken", "must-follow-name"];

/** One difference: drift, or a change in the program that no `pulumi up` has made yet. */
export interface Difference extends StackSecret {
  /** Undefined for a pending change. */
  drift: Drift | undefined;
  outcome: Outcome;
}

export interface DriftReport {
  stackName: string;
  /** The results for each workspace. */
  results: WorkspaceDrift[];
  /** The number of secrets in the state that were compared. */
  compared: number;
  drifted: Difference[];
  /** The pending changes to secrets that haven't drifted. Undefined if the program wasn't compared. */
  pending: (Difference & { outcome: { kind: "planned" } })[] | undefined;
}

export function driftReport(
  stackName: string,
  results: WorkspaceDrift[],
  plan: PlannedStep[] | undefined,
): DriftReport {
  const planned = new Map((plan ?? []).map((step) => [step.urn, step]));
  const drifts = results.flatMap((result) => result.drifts);
  const drifted = new Set(drifts.map(({ owned }) => owned.urn));
  return {
    stackName,
    results,
    compared: results.reduce((sum, { compared }) => sum + compared, 0),
    drifted: drifts.map((drift) => {
      return { ...drift.owned, drift, outcome: outcomeOf(drift, planned.get(drift.owned.urn)) };
    }),
    pending: plan
      ?.filter(({ urn }) => !drifted.has(urn))
      .map(({ operation, ...step }) => ({ ...step, drift: undefined, outcome: { kind: "planned", operation } })),
  };
}

export function differences({ drifted, pending = [] }: DriftReport): Difference[] {
  return [...drifted, ...pending];
}

/** Whether `pulumi up --refresh` fails until the program is changed. */
export function needsEdit({ outcome }: Difference): boolean {
  return EDITS.includes(outcome.kind);
}

function outcomeOf(drift: Drift, planned: PlannedStep | undefined): Outcome {
  if (planned?.operation === "delete") return { kind: "forgotten" };
  if (drift.kind === "renamed") return outcomeOfRename(drift);
  const withName = drift.kind === "missing" ? [] : drift.namesakes;
  // With `existingId`, the gone secret had that id, so no secret has it.
  return decideCreate(drift.owned, drift.owned.existingId === undefined ? withName : []);
}

function outcomeOfRename({ owned, found }: Drift & { kind: "renamed" }): Outcome {
  // The API can't rename a secret without a new value, and a kept value must not be overwritten.
  if (owned.isValueKept) return { kind: "must-follow-name", name: found.name };
  // Otherwise the lifecycle decides, with the inputs of the last update and the state after a refresh.
  const state = { ...owned, name: found.name };
  const { replacing } = changesOf({ id: owned.id, state }, { ...owned, name: owned.name ?? "", value: "" }, []);
  return { kind: replacing.length === 0 ? "renamed-back" : "replaced" };
}
