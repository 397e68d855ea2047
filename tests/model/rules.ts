import { isDeepStrictEqual } from "node:util";
import type { StoredSecret } from "../../emulator/index";
import { isClaimOf } from "../support/claims";
import { OUR_VALUES, THEIR_VALUES } from "./actions";
import { type Entry, UNEXPECTED_ERROR } from "./driver";
import {
  byId,
  entryOf,
  type History,
  isCreated,
  isImported,
  isReported,
  isWrite,
  mayAdopt,
  mayBeCreated,
  type Observed,
  type Picture,
  pictureBeforeUpdate,
  pushesAtAdoption,
  type Wanted,
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

/** Checks the rules after one operation of the engine. `history` already includes this operation. */
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
    lookedUpSecretsAreLeftAlone,
    anotherAccountIsLeftAlone,
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

function changesAreRequested(all: Observed): string[] {
  const { operation, program, after, ...observed } = all;
  const before = pictureBeforeUpdate(observed);
  return after.secrets.flatMap((now) => {
    const then = byId(before.secrets, now.id);
    if (then?.name === now.name && then.value === now.value) return [];
    // If the API's spelling of a new name is already taken, the rename is undone. The API can't rename a secret without a value,
    // so the secret keeps the program's value.
    const names = [then?.name, ...before.entries.filter(({ id }) => id === now.id).map(({ name }) => name)];
    const isRenameUndone = names.includes(now.name) && isReported(all, now.id, "new-name-taken");
    const requestsIt = (resource: Wanted) => {
      if ((resource.name !== now.name && !isRenameUndone) || resource.value !== now.value) return false;
      if (!then) return mayBeCreated(resource, observed);
      if (mayAdopt(resource, then, before, program) && pushesAtAdoption(resource)) return true;
      return entryOf(before.entries, resource.logical)?.id === now.id && !isCreated(resource, before);
    };
    if (operation === "up" && program.some(requestsIt)) return [];
    return [`secret ${now.id} became ${now.name}=${now.value}, but nothing requested that`];
  });
}

function deletesAreRequested({ operation, program, after, ...observed }: Observed): string[] {
  const before = pictureBeforeUpdate(observed);
  return before.secrets.flatMap(({ id, name }) => {
    if (byId(after.secrets, id)) return [];
    const deleted = `secret ${name} (${id}) was deleted`;
    const entries = before.entries.filter((entry) => entry.id === id);
    if (entries.length === 0) return [`${deleted}, but the stack never owned it`];
    if (operation === "destroy") return [];
    const wanted = (entry: Entry) => program.find(({ logical }) => logical === entry.logical && !entry.pendingDelete);
    const kept = entries.filter((entry) => {
      const resource = wanted(entry);
      const isReplaced = resource && (isCreated(resource, before) || isImported(resource, before));
      return byId(observed.before.entries, id) && resource && !isReplaced;
    });
    const owners = after.entries.filter((entry) => {
      const resource = entry.id === id && !entry.pendingReplacement && wanted(entry);
      // A delete that came first may have been done although its response was lost.
      return resource && !(observed.deleteFirst && isCreated(resource, before));
    });
    return [...kept, ...owners].map(({ logical }) => `${deleted}, but ${logical} of the program owns it`);
  });
}

/** A program needs the secrets that it looks up. With `deleteFirst`, a delete may come before the look-up. */
function lookedUpSecretsAreLeftAlone({ operation, before, after, lookUps, target, deleteFirst }: Observed): string[] {
  if (operation !== "up" || target !== undefined || deleteFirst) return [];
  return before.secrets
    .filter(({ id, name }) => !byId(after.secrets, id) && (lookUps.includes(id) || lookUps.includes(name)))
    .map(({ id, name }) => `secret ${name} (${id}) was deleted, but the program looks it up`);
}

/**
 * A key or a provider object of another account finds no secret of this stack. So no step may change a secret in either
 * account.
 */
function anotherAccountIsLeftAlone(observed: Observed, { hasStoredOtherKey }: History): string[] {
  const { operation, outcome, route, elsewhere, before, after } = observed;
  const violations: string[] = [];
  if (!isDeepStrictEqual(after.elsewhere, before.elsewhere)) violations.push("something changed in another account");
  // If neither the key nor the URL has changed since the last update, an update has no reason to send a request.
  if (elsewhere !== undefined && outcome.ok && !hasStoredOtherKey)
    violations.push(`${elsewhere} moved to another account without an error`);
  if (route !== "another account") return violations;
  if (!isDeepStrictEqual(after.secrets, before.secrets))
    violations.push("something changed by the key of another account");
  const has = (entries: Entry[], { logical, id }: Entry) =>
    entries.some((entry) => entry.id === id && entry.logical === logical);
  const isLost = (entry: Entry) =>
    !has(after.entries, entry) &&
    // The engine removes entries that it has already deleted.
    entry.pendingReplacement !== true &&
    // An entry may end if it leaves the secret to another entry.
    byId(after.entries, entry.id) === undefined;
  if (before.entries.some(isLost) || after.entries.some((entry) => !has(before.entries, entry))) {
    violations.push(
      `after ${operation === "up" ? "an up" : `a ${operation}`} with the key of another account, the state differs`,
    );
  }
  return violations;
}

function adoptionsAreRequested({ operation, program, after, ...observed }: Observed): string[] {
  const before = pictureBeforeUpdate(observed);
  return after.entries.flatMap(({ logical, id }) => {
    const secret = byId(before.secrets, id);
    if (!secret || byId(before.entries, id)) return [];
    const resource = program.find((resource) => resource.logical === logical);
    if (operation === "up" && resource && mayAdopt(resource, secret, before, program)) return [];
    return [`${logical} adopted ${secret.name} (${id}), but nothing requested that`];
  });
}

function noSecretGetsASecondOwner({ before, after, program }: Observed): string[] {
  // A known limit: the engine stores an import before it registers the other resources. The next update reports both resources.
  const isNewImport = ({ logical, id }: Entry) =>
    program.some((resource) => resource.logical === logical && isImported(resource, before)) &&
    entryOf(before.entries, logical)?.id !== id;
  // An entry that waits to be deleted doesn't own the secret: its delete leaves the secret to the entry that has adopted it. The
  // engine removes an entry that it has already deleted without a further delete.
  const ownerCount = (entries: Entry[], id: string) =>
    new Set(
      entries
        .filter((entry) => entry.id === id && !entry.pendingDelete && !entry.pendingReplacement && !isNewImport(entry))
        .map(({ logical }) => logical),
    ).size;
  return after.secrets
    .filter(({ id }) => ownerCount(after.entries, id) > Math.max(1, ownerCount(before.entries, id)))
    .map(({ id, name }) => `several resources now own ${name} (${id})`);
}

/** An adopted value is only replaced if the program gives another value, or other triggers. */
function keptValuesAreKept({ operation, program, before, after }: Observed, history: History): string[] {
  if (operation !== "up") return [];
  return before.entries.flatMap(({ logical, id, valueKept, pendingDelete, isImported: knowsNoValue }) => {
    const then = byId(before.secrets, id);
    const resource = program.find((one) => one.logical === logical);
    // After an import, the next update pushes the program's value to the secret, unless `onExisting` keeps the existing value.
    if (knowsNoValue && resource?.onExisting !== "keep" && byId(after.secrets, id)) return [];
    // `--replace` with `overwrite` pushes the value. An import of another secret releases the old secret.
    if (resource && ((resource.isForced && pushesAtAdoption(resource)) || isImported(resource, before))) return [];
    const isShared = before.entries.filter((entry) => entry.id === id).length > 1;
    if (!valueKept || pendingDelete || !then || !resource || isShared) return [];
    if (history.isPushRequested(id)) return [];
    if (byId(after.secrets, id)?.value === then.value) return [];
    return [`${logical} lost the kept value of ${then.name} (${id}), but neither value nor triggers changed`];
  });
}

function noDuplicates(observed: Observed): string[] {
  const { operation, refreshes, before, after, program, requests, listLagMs } = observed;
  // An update sends the name in the state. Without a refresh, the provider can't know that someone renamed the secret.
  const isNamedBack = ({ id, name }: StoredSecret) =>
    operation === "up" && !refreshes && before.entries.some((entry) => entry.id === id && entry.name === name);
  const named = ({ secrets }: Picture, name: string) => secrets.filter((secret) => secret.name === name);
  return [...new Set(after.secrets.map(({ name }) => name))].flatMap((name) => {
    const old = named(before, name);
    const now = named(after, name).filter((secret) => byId(old, secret.id) || !isNamedBack(secret));
    if (now.length <= Math.max(1, old.length)) return [];
    // Known limits, only if the API changes the spelling of names and allows two secrets with the same name: before a create,
    // the provider searches only for the program's spelling. If the response is lost, the error contains the ids of all
    // spellings. If the new secret turns out to be a second secret with the same name, it is deleted. If that search or delete
    // fails, the new secret is kept, with an owner. The same is true for a rename whose response is lost.
    const respelled = program.filter((resource) => resource.name === name && resource.given !== name);
    // A late list may lack the new id.
    const isDoubted = ({ given }: Wanted) =>
      listLagMs > 0 && isReported(observed, JSON.stringify(given), "may-have-been-created");
    const isAnnounced =
      respelled.some(isDoubted) ||
      now.every(({ id }) => byId(old, id) || isReported(observed, id, "may-have-been-created"));
    const isCheckFaulty = requests.some(
      ({ operation, fault }) => ["list", "update", "delete"].includes(operation ?? "") && fault !== undefined,
    );
    if (respelled.length > 0 && (isAnnounced || isCheckFaulty)) return [];
    return [`there are ${now.length} secrets named ${name}, and were ${old.length}`];
  });
}

/** A list from before the last write may be out of date. With so few resources, each create sends its own list. */
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

/** Applies to secrets that this stack created or adopted. */
function orphansAreReported(observed: Observed): string[] {
  const { before, after, outcome } = observed;
  // The engine removes entries that it has already deleted. If another owner kept that secret, a warning reported that.
  const isForgotten = (id: string) => byId(before.entries, id)?.pendingReplacement === true;
  return after.secrets.flatMap(({ id, name }) => {
    if (isForgotten(id)) return [];
    const isOurs = byId(before.entries, id) !== undefined || !byId(before.secrets, id);
    if (!isOurs || byId(after.entries, id) || isReported(observed, id)) return [];
    // With a `get`, the program releases a secret. A killed process can't report a secret: the next update finds it.
    if (observed.lookUps.includes(id) || (observed.end === "a create unsaved" && !outcome.ok)) return [];
    const spellings = observed.program.filter((resource) => resource.name === name).map(({ given }) => given);
    const isAnnounced = [name, ...spellings].some((spelling) =>
      isReported(observed, `secret "${spelling}"`, "may-have-been-created"),
    );
    const isNew = !byId(before.secrets, id);
    return isNew && isAnnounced ? [] : [`secret ${name} (${id}) is not in the state, and no message mentions it`];
  });
}

function claimsAreAccurate({ after }: Observed, history: History): string[] {
  return after.entries.flatMap(({ logical, id, claim, valueKept }) => {
    // If the value was kept, the state records the program's value instead.
    if (claim === undefined || valueKept || !byId(after.secrets, id)) return [];
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

function refreshFailsOnlyAfterFaults({ operation, outcome, requests, route, before }: Observed): string[] {
  // A route that finds no secret of the stack must not treat a secret as deleted.
  const isProven = (provider: string) =>
    provider !== "elsewhere" &&
    before.entries.some((entry) => entry.provider === provider && byId(before.secrets, entry.id));
  if (route === "another account" || before.entries.some(({ provider }) => !isProven(provider))) return [];
  // A known limit (docs/concepts.md): secrets of other keys can't prove the account of a secret that only one key has written.
  const isRelated = ({ provider, routes }: Entry) => {
    const first = before.entries.find((entry) => entry.provider === provider);
    return routes.some((one) => first?.routes.includes(one));
  };
  if (!before.entries.every(isRelated)) return [];
  const isHealthy = requests.every(({ fault }) => fault === undefined);
  return operation === "refresh" && isHealthy && !outcome.ok ? ["a refresh failed although the API did not"] : [];
}
