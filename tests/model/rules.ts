import { isDeepStrictEqual } from "node:util";
import type { StoredSecret } from "../../emulator/index";
import { isDigestOf } from "../../provider/secret/digest";
import { OUR_VALUES, THEIR_VALUES } from "./actions";
import type { Entry, Resource } from "./driver";
import {
  basisOf,
  byId,
  type History,
  heldBy,
  isCreated,
  isTold,
  isWrite,
  mayBeCreated,
  mayTakeOver,
  type Observed,
  type Picture,
  writes,
} from "./history";

export type Kind = "taken or lost" | "duplicate" | "silent orphan" | "wrong state" | "not as the program" | "message";

export interface Violation {
  kind: Kind;
  what: string;
}

type Rule = (observed: Observed, history: History, apiKey: string) => string[];

/** What must be true after each operation of the engine, whatever came before it. `history` knows of this one already. */
export function violations(observed: Observed, history: History, apiKey: string): Violation[] {
  return Object.entries(RULES).flatMap(([kind, rules]) =>
    rules.flatMap((rule) => rule(observed, history, apiKey)).map((what) => ({ kind: kind as Kind, what })),
  );
}

const RULES: Record<Kind, Rule[]> = {
  "taken or lost": [
    refreshWritesNothing,
    changesAreAskedFor,
    deletesAreAskedFor,
    takeOversAreAskedFor,
    nothingMakesASecondOwner,
    keptValuesStay,
  ],
  duplicate: [noDuplicates, createsLookFirst],
  "silent orphan": [orphansAreTold],
  "wrong state": [digestsAreTrue, refreshedStateIsTrue, refreshKeepsDigests],
  "not as the program": [upMakesTheProgram],
  message: [messagesAreTidy, failuresAreTold, refreshFailsByFaultsAlone],
};

function refreshWritesNothing(observed: Observed): string[] {
  if (observed.operation !== "refresh") return [];
  return writes(observed).map(({ method, path }) => `a refresh sent ${method} ${path}`);
}

function changesAreAskedFor({ operation, program, after, ...observed }: Observed): string[] {
  const before = basisOf(observed);
  return after.secrets.flatMap((now) => {
    const then = byId(before.secrets, now.id);
    if (then?.name === now.name && then.value === now.value) return [];
    const asksForIt = (resource: Resource) => {
      if (resource.name !== now.name || resource.value !== now.value) return false;
      if (!then) return mayBeCreated(resource, observed);
      if (mayTakeOver(resource, then, before) && resource.onExisting === "overwrite") return true;
      return heldBy(before.entries, resource.logical)?.id === now.id && !isCreated(resource, before);
    };
    if (operation === "up" && program.some(asksForIt)) return [];
    return [`secret ${now.id} became ${now.name}=${now.value}, which nothing asked for`];
  });
}

function deletesAreAskedFor({ operation, program, after, target, ...rest }: Observed): string[] {
  const observed = { ...rest, target };
  const before = basisOf(observed);
  return before.secrets.flatMap(({ id, name }) => {
    if (byId(after.secrets, id)) return [];
    const gone = `secret ${name} (${id}) was deleted`;
    const entries = before.entries.filter((entry) => entry.id === id);
    if (entries.length === 0) return [`${gone}, which was never ours`];
    if (operation === "destroy") return [];
    if (entries.some((entry) => entry.logical === target && isUnseen(entry, target))) return [];
    const wants = (entry: Entry) => program.find(({ logical }) => logical === entry.logical && !entry.pendingDelete);
    const kept = entries.filter((entry) => {
      const resource = wants(entry);
      return byId(observed.before.entries, id) && resource && !isCreated(resource, before);
    });
    const holders = after.entries.filter((entry) => entry.id === id && wants(entry));
    return [...kept, ...holders].map(({ logical }) => `${gone}, which ${logical} of the program holds`);
  });
}

function takeOversAreAskedFor({ operation, program, after, ...observed }: Observed): string[] {
  const before = basisOf(observed);
  return after.entries.flatMap(({ logical, id }) => {
    const secret = byId(before.secrets, id);
    if (!secret || byId(before.entries, id)) return [];
    const resource = program.find((resource) => resource.logical === logical);
    if (operation === "up" && resource && mayTakeOver(resource, secret, before)) return [];
    return [`${logical} took over ${secret.name} (${id}), which nothing asked for`];
  });
}

function nothingMakesASecondOwner({ before, after, target }: Observed): string[] {
  // A resource that is replaced may hold its secret beside its own former self.
  const holders = (entries: Entry[], id: string) =>
    new Set(entries.filter((entry) => entry.id === id && !isUnseen(entry, target)).map(({ logical }) => logical)).size;
  return after.secrets
    .filter(({ id }) => holders(after.entries, id) > Math.max(1, holders(before.entries, id)))
    .map(({ id, name }) => `several resources came to hold ${name} (${id})`);
}

/** A limit (docs/concepts.md): an operation on one target cannot know which secrets others are still to delete. */
function isUnseen({ pendingDelete }: Entry, target: string | undefined): boolean {
  return pendingDelete && target !== undefined;
}

/** A value that was adopted as it is goes only where the program gives another value, or other triggers. */
function keptValuesStay({ operation, program, before, after }: Observed, history: History): string[] {
  if (operation !== "up") return [];
  return before.entries.flatMap(({ logical, id, valueKept, pendingDelete }) => {
    const then = byId(before.secrets, id);
    const resource = program.find((one) => one.logical === logical);
    const isShared = before.entries.filter((entry) => entry.id === id).length > 1;
    if (!valueKept || pendingDelete || !then || !resource || isShared) return [];
    if (history.isPushAskedFor(id)) return [];
    if (byId(after.secrets, id)?.value === then.value) return [];
    return [
      `${logical} gave up the value that it kept of ${then.name} (${id}), though neither value nor triggers changed`,
    ];
  });
}

function noDuplicates({ operation, refreshes, before, after }: Observed): string[] {
  // An update carries the name that the state knows: without a refresh, nothing tells that a hand gave the secret another.
  const isNamedBack = ({ id, name }: StoredSecret) =>
    operation === "up" && !refreshes && before.entries.some((entry) => entry.id === id && entry.name === name);
  const named = ({ secrets }: Picture, name: string) => secrets.filter((secret) => secret.name === name);
  return [...new Set(after.secrets.map(({ name }) => name))].flatMap((name) => {
    const old = named(before, name);
    const now = named(after, name).filter((secret) => byId(old, secret.id) || !isNamedBack(secret));
    if (now.length <= Math.max(1, old.length)) return [];
    return [`there are ${now.length} secrets named ${name}, and were ${old.length}`];
  });
}

/** What a look has shown before the last write may be history. So few resources that each looks for itself. */
function createsLookFirst({ requests, order }: Observed): string[] {
  if (order !== "chained") return [];
  let hasLooked = false;
  return requests.flatMap(({ operation, status = 0, fault }) => {
    if (operation === "list") hasLooked = true;
    const isBlind = operation === "create" && !hasLooked;
    if (isWrite(operation) && status < 300 && fault === undefined) hasLooked = false;
    return isBlind ? ["a secret was created without a look since the write before"] : [];
  });
}

/** Of what we made, and of what we had taken over. */
function orphansAreTold(observed: Observed): string[] {
  const { before, after } = observed;
  return after.secrets.flatMap(({ id, name }) => {
    const wasOurs = byId(before.entries, id) !== undefined || !byId(before.secrets, id);
    if (!wasOurs || byId(after.entries, id) || isTold(observed, id)) return [];
    const mayExist = observed.outcome.messages.some(
      ({ text }) => text.includes(`could not create secret "${name}"`) && text.includes("may exist"),
    );
    const isNew = !byId(before.secrets, id);
    return isNew && mayExist ? [] : [`secret ${name} (${id}) is not in the state, and no message tells of it`];
  });
}

function digestsAreTrue({ after }: Observed, history: History): string[] {
  return after.entries.flatMap(({ logical, id, valueDigest }) => {
    if (valueDigest === undefined || !byId(after.secrets, id)) return [];
    const stored = history.mayBeStored(id);
    if (stored.some((value) => isDigestOf(valueDigest, value))) return [];
    const claimed = [...OUR_VALUES, ...THEIR_VALUES].find((value) => isDigestOf(valueDigest, value));
    return [`the state of ${logical} (${id}) claims the value ${claimed}; what was pushed last is ${stored}`];
  });
}

function refreshedStateIsTrue({ operation, outcome, after }: Observed): string[] {
  if (operation !== "refresh" || !outcome.ok) return [];
  return after.entries
    .filter(({ id, name }) => byId(after.secrets, id)?.name !== name)
    .map(({ logical, id, name }) => `after a refresh, ${logical} is ${name} (${id}), which is not in the workspace`);
}

function refreshKeepsDigests({ operation, before, after }: Observed): string[] {
  if (operation !== "refresh") return [];
  return after.entries
    .filter((entry) => {
      const old = before.entries.filter(({ logical, id }) => logical === entry.logical && id === entry.id);
      return old.length > 0 && old.every(({ valueDigest }) => valueDigest !== entry.valueDigest);
    })
    .map(({ logical }) => `a refresh changed what the state knows of the value of ${logical}`);
}

function upMakesTheProgram(
  { operation, outcome, program, after, isRefreshed, target }: Observed,
  history: History,
): string[] {
  if (operation !== "up" || !outcome.ok || target !== undefined) return [];
  const logicalNames = (things: { logical: string }[]) => things.map(({ logical }) => logical).sort();
  const wrong: string[] = [];
  if (!isDeepStrictEqual(logicalNames(after.entries), logicalNames(program))) {
    wrong.push(`the state holds ${logicalNames(after.entries)}, the program ${logicalNames(program)}`);
  }
  const ids = after.entries.map(({ id }) => id);
  if (new Set(ids).size < ids.length) wrong.push("two resources hold one secret");
  // Without a refresh, the state may not know what is in the workspace.
  if (!isRefreshed) return wrong;
  for (const { logical, name, value } of program) {
    const secret = byId(after.secrets, heldBy(after.entries, logical)?.id ?? "");
    if (secret?.name !== name) wrong.push(`${logical} should be ${name}, and is ${secret?.name}`);
    if (secret && secret.value !== value && !history.isDoubtful(secret.id)) {
      wrong.push(`${logical} should have the value ${value}, and has ${secret.value}`);
    }
  }
  return wrong;
}

function messagesAreTidy({ outcome }: Observed, _history: History, apiKey: string): string[] {
  const secrets = [...OUR_VALUES, ...THEIR_VALUES, apiKey];
  return outcome.messages.flatMap(({ text }) => [
    ...secrets.filter((secret) => text.includes(secret)).map((secret) => `a message holds ${secret}: ${text}`),
    ...(text.split("\n").length > 3 ? [`a message is too long: ${text}`] : []),
    ...(text.startsWith("no Problem") ? [text] : []),
  ]);
}

function failuresAreTold({ outcome }: Observed): string[] {
  const hasError = outcome.messages.some(({ severity }) => severity === "error");
  return hasError === !outcome.ok ? [] : [`ended with ${outcome.ok ? "success and" : "failure and no"} error`];
}

function refreshFailsByFaultsAlone({ operation, outcome, requests }: Observed): string[] {
  const isHealthy = requests.every(({ fault }) => fault === undefined);
  return operation === "refresh" && isHealthy && !outcome.ok ? ["a refresh failed where the API did not"] : [];
}
