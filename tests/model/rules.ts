import { isDeepStrictEqual } from "node:util";
import type { StoredSecret } from "../../emulator/index";
import { isClaimOf } from "../support/claims";
import { OUR_VALUES, THEIR_VALUES } from "./actions";
import { type Entry, type Resource, UNEXPECTED_ERROR } from "./driver";
import {
  byId,
  entryOf,
  type History,
  isCreated,
  isReported,
  isWrite,
  mayAdopt,
  mayBeCreated,
  type Observed,
  type Picture,
  pictureBeforeUpdate,
  writes,
} from "./history";

export type Kind =
  | "wrongly adopted or lost"
  | "duplicate"
  | "silent orphan"
  | "wrong state"
  | "not as the program"
  | "message";

export interface Violation {
  kind: Kind;
  what: string;
}

type Rule = (observed: Observed, history: History, apiKey: string) => string[];

/** The rules that hold after each operation of the engine, whatever came before it. `history` already includes this one. */
export function violations(observed: Observed, history: History, apiKey: string): Violation[] {
  return Object.entries(RULES).flatMap(([kind, rules]) =>
    rules.flatMap((rule) => rule(observed, history, apiKey)).map((what) => ({ kind: kind as Kind, what })),
  );
}

const RULES: Record<Kind, Rule[]> = {
  "wrongly adopted or lost": [
    refreshWritesNothing,
    changesAreRequested,
    deletesAreRequested,
    adoptionsAreRequested,
    noSecretGetsASecondOwner,
    keptValuesAreKept,
  ],
  duplicate: [noDuplicates, createsListFirst],
  "silent orphan": [orphansAreReported],
  "wrong state": [claimsAreAccurate, refreshedStateIsAccurate, refreshKeepsClaims],
  "not as the program": [upMatchesTheProgram],
  message: [messagesAreTidy, failuresAreReported, refreshFailsOnlyAfterFaults],
};

function refreshWritesNothing(observed: Observed): string[] {
  if (observed.operation !== "refresh") return [];
  return writes(observed).map(({ method, path }) => `a refresh sent ${method} ${path}`);
}

function changesAreRequested({ operation, program, after, ...observed }: Observed): string[] {
  const before = pictureBeforeUpdate(observed);
  return after.secrets.flatMap((now) => {
    const then = byId(before.secrets, now.id);
    if (then?.name === now.name && then.value === now.value) return [];
    const requestsIt = (resource: Resource) => {
      if (resource.name !== now.name || resource.value !== now.value) return false;
      if (!then) return mayBeCreated(resource, observed);
      if (mayAdopt(resource, then, before) && resource.onExisting === "overwrite") return true;
      return entryOf(before.entries, resource.logical)?.id === now.id && !isCreated(resource, before);
    };
    if (operation === "up" && program.some(requestsIt)) return [];
    return [`secret ${now.id} became ${now.name}=${now.value}, but nothing requested that`];
  });
}

function deletesAreRequested({ operation, program, after, target, ...rest }: Observed): string[] {
  const observed = { ...rest, target };
  const before = pictureBeforeUpdate(observed);
  return before.secrets.flatMap(({ id, name }) => {
    if (byId(after.secrets, id)) return [];
    const deleted = `secret ${name} (${id}) was deleted`;
    const entries = before.entries.filter((entry) => entry.id === id);
    if (entries.length === 0) return [`${deleted}, but the stack never owned it`];
    if (operation === "destroy") return [];
    if (entries.some((entry) => entry.logical === target && isUnknownTo(entry, target))) return [];
    const wanted = (entry: Entry) => program.find(({ logical }) => logical === entry.logical && !entry.pendingDelete);
    const kept = entries.filter((entry) => {
      const resource = wanted(entry);
      return byId(observed.before.entries, id) && resource && !isCreated(resource, before);
    });
    const owners = after.entries.filter((entry) => entry.id === id && wanted(entry));
    return [...kept, ...owners].map(({ logical }) => `${deleted}, but ${logical} of the program owns it`);
  });
}

function adoptionsAreRequested({ operation, program, after, ...observed }: Observed): string[] {
  const before = pictureBeforeUpdate(observed);
  return after.entries.flatMap(({ logical, id }) => {
    const secret = byId(before.secrets, id);
    if (!secret || byId(before.entries, id)) return [];
    const resource = program.find((resource) => resource.logical === logical);
    if (operation === "up" && resource && mayAdopt(resource, secret, before)) return [];
    return [`${logical} adopted ${secret.name} (${id}), but nothing requested that`];
  });
}

function noSecretGetsASecondOwner({ before, after, target }: Observed): string[] {
  // A replaced resource may own the same secret before and after.
  const ownerCount = (entries: Entry[], id: string) =>
    new Set(entries.filter((entry) => entry.id === id && !isUnknownTo(entry, target)).map(({ logical }) => logical))
      .size;
  return after.secrets
    .filter(({ id }) => ownerCount(after.entries, id) > Math.max(1, ownerCount(before.entries, id)))
    .map(({ id, name }) => `several resources now own ${name} (${id})`);
}

/** A known limit (docs/concepts.md): an operation on one target doesn't know which secrets of others are still to be deleted. */
function isUnknownTo({ pendingDelete }: Entry, target: string | undefined): boolean {
  return pendingDelete && target !== undefined;
}

/** An adopted value is only replaced if the program gives another value, or other triggers. */
function keptValuesAreKept({ operation, program, before, after }: Observed, history: History): string[] {
  if (operation !== "up") return [];
  return before.entries.flatMap(({ logical, id, valueKept, pendingDelete }) => {
    const then = byId(before.secrets, id);
    const resource = program.find((one) => one.logical === logical);
    const isShared = before.entries.filter((entry) => entry.id === id).length > 1;
    if (!valueKept || pendingDelete || !then || !resource || isShared) return [];
    if (history.isPushRequested(id)) return [];
    if (byId(after.secrets, id)?.value === then.value) return [];
    return [`${logical} lost the kept value of ${then.name} (${id}), but neither value nor triggers changed`];
  });
}

function noDuplicates({ operation, refreshes, before, after }: Observed): string[] {
  // An update sends the name in the state. Without a refresh, the provider can't know that someone renamed the secret.
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

/** A list from before the last write may be out of date. With so few resources, each one lists for itself. */
function createsListFirst({ requests, order }: Observed): string[] {
  if (order !== "chained") return [];
  let hasListed = false;
  return requests.flatMap(({ operation, status = 0, fault }) => {
    if (operation === "list") hasListed = true;
    const isBlind = operation === "create" && !hasListed;
    if (isWrite(operation) && status < 300 && fault === undefined) hasListed = false;
    return isBlind ? ["a secret was created without a list since the previous write"] : [];
  });
}

/** For secrets that this stack created or had adopted. */
function orphansAreReported(observed: Observed): string[] {
  const { before, after } = observed;
  return after.secrets.flatMap(({ id, name }) => {
    const isOurs = byId(before.entries, id) !== undefined || !byId(before.secrets, id);
    if (!isOurs || byId(after.entries, id) || isReported(observed, id)) return [];
    const isAnnounced = isReported(observed, `secret "${name}"`, "may-have-been-created");
    const isNew = !byId(before.secrets, id);
    return isNew && isAnnounced ? [] : [`secret ${name} (${id}) is not in the state, and no message mentions it`];
  });
}

function claimsAreAccurate({ after }: Observed, history: History): string[] {
  return after.entries.flatMap(({ logical, id, claim }) => {
    if (claim === undefined || !byId(after.secrets, id)) return [];
    const possible = history.possibleValues(id);
    if (possible.some((value) => isClaimOf(claim, value))) return [];
    const claimedValue = [...OUR_VALUES, ...THEIR_VALUES].find((value) => isClaimOf(claim, value));
    return [`the state of ${logical} (${id}) claims the value ${claimedValue}, but the last value is ${possible}`];
  });
}

function refreshedStateIsAccurate({ operation, outcome, after }: Observed): string[] {
  if (operation !== "refresh" || !outcome.ok) return [];
  return after.entries
    .filter(({ id, name }) => byId(after.secrets, id)?.name !== name)
    .map(({ logical, id, name }) => `after a refresh, ${logical} is ${name} (${id}), which is not in the workspace`);
}

function refreshKeepsClaims({ operation, before, after }: Observed): string[] {
  if (operation !== "refresh") return [];
  return after.entries
    .filter((entry) => {
      const old = before.entries.filter(({ logical, id }) => logical === entry.logical && id === entry.id);
      return old.length > 0 && old.every(({ claim }) => claim !== entry.claim);
    })
    .map(({ logical }) => `a refresh changed what the state says of the value of ${logical}`);
}

function upMatchesTheProgram(
  { operation, outcome, program, after, isRefreshed, target }: Observed,
  history: History,
): string[] {
  if (operation !== "up" || !outcome.ok || target !== undefined) return [];
  const logicalNames = (things: { logical: string }[]) => things.map(({ logical }) => logical).sort();
  const wrong: string[] = [];
  if (!isDeepStrictEqual(logicalNames(after.entries), logicalNames(program))) {
    wrong.push(`the state has ${logicalNames(after.entries)}, the program ${logicalNames(program)}`);
  }
  const ids = after.entries.map(({ id }) => id);
  if (new Set(ids).size < ids.length) wrong.push("two resources own one secret");
  // Without a refresh, the state may be out of date.
  if (!isRefreshed) return wrong;
  for (const { logical, name, value } of program) {
    const secret = byId(after.secrets, entryOf(after.entries, logical)?.id ?? "");
    if (secret?.name !== name) wrong.push(`${logical} should be named ${name}, but is named ${secret?.name}`);
    if (secret && secret.value !== value && !history.mayDifferFromProgram(secret.id)) {
      wrong.push(`${logical} should have the value ${value}, but has ${secret.value}`);
    }
  }
  return wrong;
}

function messagesAreTidy({ outcome }: Observed, _history: History, apiKey: string): string[] {
  const secrets = [...OUR_VALUES, ...THEIR_VALUES, apiKey];
  return outcome.messages.flatMap(({ text }) => [
    ...secrets.filter((secret) => text.includes(secret)).map((secret) => `a message contains ${secret}: ${text}`),
    ...(text.split("\n").length > 3 ? [`a message is too long: ${text}`] : []),
    ...(text.startsWith(UNEXPECTED_ERROR) ? [text] : []),
  ]);
}

function failuresAreReported({ outcome }: Observed): string[] {
  const hasError = outcome.messages.some(({ severity }) => severity === "error");
  return hasError === !outcome.ok
    ? []
    : [`it ended with ${outcome.ok ? "success, but with an" : "failure, but without an"} error`];
}

function refreshFailsOnlyAfterFaults({ operation, outcome, requests }: Observed): string[] {
  const isHealthy = requests.every(({ fault }) => fault === undefined);
  return operation === "refresh" && isHealthy && !outcome.ok ? ["a refresh failed although the API did not"] : [];
}
