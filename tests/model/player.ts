import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { StoredSecret } from "../../emulator/index";
import { type Action, faultKind, type Scenario } from "./actions";
import {
  type DestroyOptions,
  type Driver,
  inputsOf,
  type Outcome,
  type RefreshOptions,
  type Resource,
  type Settings,
  storedName,
  type UpOptions,
} from "./driver";
import { byId, entryOf, History, type Observed, type Picture, type Wanted, writes } from "./history";
import { lifecycleHost } from "./lifecycleProcess";
import { OTHER_ACCOUNT, StandInEngine } from "./modelEngine";
import { type Violation, violations } from "./rules";

export interface Figures {
  operations: number;
  requests: number;
  faults: number;
}

export interface Played extends Figures {
  /** The violations of the first operation that broke a rule. Nothing is played after it. */
  violations: (Violation | { kind: "not converged"; what: string })[];
  /** The events so far, one per line. */
  story: string[];
}

const TOGETHER: UpOptions = { order: "together", continueOnError: true, refresh: false };
/** The scenarios never use this trigger. */
const LAST_TRIGGER = 9;
/** A timer may fire a little early. */
const TIMER_SLACK_MS = 20;
/** The first round repairs faults that edits by hand can't. Later rounds repair faults that waited for it, or for late lists. */
const ROUNDS = 3;

/** Plays a scenario to its end or to the first broken rule. At the end, everything must converge. */
export async function play(scenario: Scenario, driver: Driver): Promise<Played> {
  const { uniqueNames, maxRetries, listLagMs, spelling, keyFrom, isKeyShared } = scenario.settings;
  const player = new Player(driver, scenario.settings);
  player.story.push(
    `names ${uniqueNames ? "are" : "need not be"} unique and stored ${spelling}, ${maxRetries} retries, lists lag ${listLagMs} ms behind`,
    `URL and key come from the ${keyFrom}; both ways to the account have ${isKeyShared ? "one key" : "keys of their own"}`,
  );
  for (const action of scenario.actions) {
    if (player.isOver) break;
    await player.act(action);
  }
  await player.settle();
  const { requests } = driver.emulator;
  const faults = requests.filter(({ fault }) => fault !== undefined).length;
  const { violations, story, operations } = player;
  return { violations, story, operations, requests: requests.length, faults };
}

class Player {
  readonly story: string[] = [];
  readonly violations: Played["violations"] = [];
  operations = 0;
  private program: Resource[] = [];
  private readonly history = new History();
  private isRefreshed = false;
  /** Whether the state may have a secret only because the program has looked it up. The secret then belongs to that resource. */
  private hasLookedUp = false;
  private readonly other: StandInEngine;

  constructor(
    private readonly driver: Driver,
    private readonly settings: Settings,
  ) {
    this.other = StandInEngine.beside(driver.emulator, lifecycleHost());
  }

  get isOver(): boolean {
    return this.violations.length > 0;
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case "up":
        await this.up(action);
        break;
      case "refresh":
        await this.refresh(action);
        break;
      case "destroy":
        await this.destroy(action);
        break;
      case "fault": {
        const { on, what, times, after } = action;
        this.story.push(`fault: ${on} answers ${what} the write, ${times} times, after ${after}`);
        this.driver.emulator.fault({ ...faultKind(what), on, times, after });
        break;
      }
      case "other stack":
        await this.upOfOtherStack(action.program);
        break;
      case "adopt by id":
      case "import":
      case "look up":
        this.editIds(action);
        break;
      case "put":
      case "drop":
      case "change":
      case "move":
        this.editProgram(action);
        break;
      default:
        this.editByHand(action);
    }
  }

  /** Checks that without faults, dependents and conflicts about names, the workspace converges, and can be destroyed. */
  async settle(): Promise<void> {
    if (this.isOver) return;
    this.story.push(
      "-- the faults end, nothing uses the secrets any more, conflicts are removed by hand, and the program adopts what has its names",
    );
    const { emulator } = this.driver;
    emulator.clearFaults();
    for (const { id } of this.secrets) emulator.workspace().use(id, {});
    const entries = await this.driver.state();
    const managed = this.program.filter(({ lookUp }) => lookUp === undefined);
    // Two spellings that the API stores as one name can't both have a secret.
    const names = new Map(managed.map((resource) => [this.storedName(resource), resource]));
    this.program = [...names.values()].map((resource) => ({
      ...resource,
      // As the error advises, if someone else's secret has another spelling of the name.
      name: this.storedName(resource),
      existingId: undefined,
      importId: undefined,
      onExisting: "overwrite",
      // The error advises this: from now on, the program's value is pushed.
      trigger: entryOf(entries, resource.logical)?.valueKept ? LAST_TRIGGER : resource.trigger,
    }));

    await this.removeConflicts();
    const { outcome: refreshed } = await this.refresh();
    if (refreshed.messages.some(({ kind }) => kind === "wrong-account")) await this.forgetWhatIsGone();
    await this.separateOwners();
    let settled = false;
    for (let round = 0; round < ROUNDS && !settled; round++) {
      await this.removeConflicts();
      const refresh = await this.refresh();
      const up = await this.up(TOGETHER);
      settled = refresh.outcome.ok && up.outcome.ok;
      if (this.isOver) return;
    }
    if (!settled) return this.fail(`refresh and up do not succeed in ${ROUNDS} rounds`);

    const before = await this.driver.state();
    await this.refresh();
    if (!isDeepStrictEqual(await this.driver.state(), before)) this.fail("a second refresh still changes the state");
    const again = await this.up(TOGETHER);
    if (writes(again).length > 0) this.fail("a second up still writes");
    for (const name of this.program.map((resource) => this.storedName(resource))) {
      if (this.secretsNamed(name).length !== 1)
        this.fail(`there are ${this.secretsNamed(name).length} secrets named ${name}`);
    }
    if (this.isOver) return;

    const ours = await this.driver.state();
    const { outcome } = await this.destroy({ refresh: false });
    const left = this.secrets.filter(({ id }) => ours.some((entry) => entry.id === id));
    if (!outcome.ok || left.length > 0 || (await this.driver.state()).length > 0)
      this.fail("destroy leaves secrets or state behind");
  }

  /** Follows the error's advice if no secret of the stack remains to prove the account, and another key wrote the entries. */
  private async forgetWhatIsGone(): Promise<void> {
    const entries = await this.driver.state();
    const gone = entries.filter(({ id }) => !byId(this.secrets, id)).map(({ id }) => id);
    this.story.push(`by hand: pulumi state delete of ${gone.join(", ")}`);
    await this.driver.removeFromState(gone);
  }

  /** If two resources own one secret, the error says to remove one resource from the program. Later, it may come back. */
  private async separateOwners(): Promise<void> {
    const entries = await this.driver.state();
    const { program } = this;
    const sole = program.filter((resource) => {
      const { logical } = resource;
      const name = this.storedName(resource);
      const entry = entryOf(entries, logical);
      if (!entry && this.hasLookedUp) return false;
      const owners = program.filter((other) => entry && entryOf(entries, other.logical)?.id === entry.id);
      if (owners.length > 1)
        return resource === (owners.find((one) => this.storedName(one) === entry?.name) ?? owners[0]);
      const isOfAnother = entries.some((other) => other.logical !== logical && other.name === name);
      return entry?.name === name || !isOfAnother;
    });
    if (sole.length === program.length) return;
    await this.removeConflicts();
    this.program = sole;
    await this.up(TOGETHER);
    this.program = program;
  }

  /** Makes the other changes that the errors advise. */
  private async removeConflicts(): Promise<void> {
    const entries = await this.driver.state();
    for (const resource of this.program) {
      const rivals = this.secretsNamed(this.storedName(resource));
      const entry = entryOf(entries, resource.logical);
      const kept = rivals.find(({ id }) => id === entry?.id) ?? rivals.find(({ id }) => !isOwned(id)) ?? rivals[0];
      for (const { id } of rivals.filter((rival) => rival !== kept)) this.removeByHand(id);
      // Two resources that swap their names can never be renamed in place.
      const isTaken = kept !== undefined && entry !== undefined && kept.id !== entry.id;
      if (isTaken) resource.onNameChange = "replace";
    }
    function isOwned(id: string): boolean {
      return entries.some((entry) => entry.id === id);
    }
  }

  private async up(wished: UpOptions): Promise<Observed> {
    const options = await this.playable(wished);
    const { order, continueOnError, refresh, target, replace, deleteFirst, dependsBy, end = "whole" } = options;
    for (const resource of this.program) this.story.push(`    ${resource.logical}: ${shown(resource)}`);
    const flags = [
      ...(continueOnError ? ["--continue-on-error"] : []),
      ...(refresh ? ["--refresh"] : []),
      ...(target === undefined ? [] : [`--target ${target}`]),
      ...(replace === undefined ? [] : [`--replace ${replace}`]),
      ...(deleteFirst
        ? [`deleting first${dependsBy && order === "chained" ? ` what depends by ${dependsBy}` : ""}`]
        : []),
      ...(options.elsewhere === undefined ? [] : [`${options.elsewhere} moves to another account`]),
      ...(end === "whole" ? [] : [`ends ${end}`]),
    ];
    const run = () => this.driver.up(this.program, options);
    return this.observe("up", options, run, `${flags.map((flag) => ` ${flag}`).join("")}, resources ${order}`);
  }

  private refresh(options: RefreshOptions = {}): Promise<Observed> {
    return this.observe("refresh", { ...options, refresh: true }, () => this.driver.refresh(options));
  }

  private destroy(options: DestroyOptions): Promise<Observed> {
    const how = options.refresh ? " --refresh" : "";
    return this.observe("destroy", options, () => this.driver.destroy(options), how);
  }

  /** Removes options that this host or this state can't use. */
  private async playable(options: UpOptions): Promise<UpOptions> {
    const { target, replace, route } = options;
    const entries = await this.driver.state();
    const isLive = ({ logical, lookUp, importId, via }: Resource) => {
      const entry = entryOf(entries, logical);
      const isReplaced =
        entry?.pendingReplacement || logical === replace || entry?.workspace !== this.driver.workspaceOf(via);
      return entry !== undefined && lookUp === undefined && importId === undefined && !isReplaced;
    };
    const isThere = ({ logical }: Resource) => byId(this.secrets, entryOf(entries, logical)?.id ?? "") !== undefined;
    const registered = this.program.filter(({ logical }) => target === undefined || logical === target);
    const chosen = registered.find(({ logical }) => logical === options.elsewhere);
    const moved = this.driver.isPlugin && chosen && isLive(chosen) && isThere(chosen) ? chosen : undefined;
    // A known limit: before the provider has read a resource, a new secret may be the first secret in another account.
    const staying = registered.filter((resource) => resource !== moved);
    const isFirst = (resource: Resource) => staying.find(({ via }) => via === resource.via) === resource;
    const mayBeNew = route === "another account" && !staying.filter(isFirst).every(isLive);
    return {
      ...options,
      route: mayBeNew ? "usual" : (route ?? "usual"),
      elsewhere: moved?.logical,
    };
  }

  private async observe(
    operation: Observed["operation"],
    options: DestroyOptions & Partial<UpOptions>,
    run: () => Promise<Outcome>,
    how = "",
  ): Promise<Observed> {
    const {
      refresh: refreshes,
      route = "usual",
      end = "whole",
      order,
      target,
      replace,
      elsewhere,
      deleteFirst,
    } = options;
    await this.waitForLists();
    const before = await this.picture();
    const { requests } = this.driver.emulator;
    const count = requests.length;
    const outcome = await run();
    const isManaged = ({ lookUp }: Resource) => lookUp === undefined;
    const observed: Observed = {
      operation,
      refreshes,
      target,
      order,
      route,
      end,
      elsewhere,
      deleteFirst: deleteFirst === true,
      program: this.program.filter(isManaged).map((resource) => this.wanted(resource, replace)),
      lookUps: this.program.flatMap(({ lookUp }) => lookUp ?? []),
      before,
      after: await this.picture(),
      outcome,
      requests: requests.slice(count),
      isRefreshed: this.isRefreshed || (refreshes && operation === "up" && target === undefined),
      listLagMs: this.settings.listLagMs,
    };
    this.operations++;
    this.history.record(observed);
    this.isRefreshed = operation === "refresh" && outcome.ok;
    this.addToStory(observed, `${how}${route === "usual" ? "" : ` by ${route}`}`);
    this.violations.push(...violations(observed, this.history, this.driver.emulator.apiKey));
    return observed;
  }

  private wanted(resource: Resource, replace: string | undefined): Wanted {
    return {
      ...resource,
      name: this.storedName(resource),
      given: resource.name,
      workspace: this.driver.workspaceOf(resource.via),
      isForced: resource.logical === replace,
    };
  }

  private storedName({ name }: Resource): string {
    return storedName(name, this.settings.spelling);
  }

  private addToStory({ operation, outcome, after, requests }: Observed, how: string): void {
    this.story.push(`${operation}${how} ${outcome.ok ? "succeeds" : "fails"}`);
    for (const { severity, text } of outcome.messages)
      this.story.push(`    ${severity}: ${text.replaceAll("\n", " | ")}`);
    const calls = requests.map(
      ({ operation, status, fault }) => `${operation} ${status ?? "-"}${fault ? ` (${fault})` : ""}`,
    );
    this.story.push(`    calls: ${calls.join(", ")}`);
    const entries = after.entries.map(({ logical, id, name, claim, valueKept, pendingDelete, pendingReplacement }) => {
      const remarks = [
        claim ?? "value unknown",
        ...(valueKept ? ["kept"] : []),
        ...(pendingDelete ? ["to delete"] : []),
        ...(pendingReplacement ? ["deleted"] : []),
      ];
      return `${logical}: ${name} ${id} (${remarks.join(", ")})`;
    });
    this.story.push(`    state: ${entries.join("; ")}`);
    const secrets = after.secrets.map(({ id, name, value }) => `${name}=${value} ${id}`);
    this.story.push(`    workspace: ${secrets.join("; ")}`);
    if (after.elsewhere.length > 0) {
      this.story.push(`    other account: ${after.elsewhere.map(({ id, name }) => `${name} ${id}`).join("; ")}`);
    }
  }

  /** Changes an `existingId`, an `import` or a `get` in the program to the id or name of a secret. */
  private editIds(action: Extract<Action, { do: "adopt by id" | "import" | "look up" }>): void {
    const { program, secrets } = this;
    if (program.length === 0 || secrets.length === 0) return;
    const chosen = at(program, action.which);
    const edited = (change: Partial<Resource>) => {
      this.program = program.map((resource) => (resource === chosen ? { ...chosen, ...change } : resource));
    };
    if (action.do === "adopt by id") {
      edited({ existingId: at(secrets, action.secret).id });
    } else if (this.driver.isPlugin) {
      const [named] = this.secretsNamed(this.storedName(chosen));
      const name = named?.name ?? chosen.name;
      const text = action.by === "id" ? (named?.id ?? name) : action.by === "name" ? name : `default/${name}`;
      this.hasLookedUp ||= action.do === "look up";
      edited(action.do === "import" ? { importId: text } : { lookUp: text });
    }
  }

  private editProgram(action: Action): void {
    const { program } = this;
    if (action.do === "put") {
      const { do: _, ...resource } = action;
      // Names are unique within a program: the SDK refuses duplicates.
      this.program = program.filter(({ logical, name }) => logical !== resource.logical && name !== resource.name);
      this.program.push(resource);
      return;
    }
    if (!("which" in action) || program.length === 0) return;
    const chosen = at(program, action.which);
    if (action.do === "drop") this.program = program.filter((resource) => resource !== chosen);
    if (action.do === "move") {
      this.program = program
        .filter((resource) => resource === chosen || resource.logical !== action.logical)
        .map((resource) => (resource === chosen ? { ...chosen, logical: action.logical } : resource));
    }
    if (action.do === "change") {
      this.program = program.map((resource) => {
        if (resource === chosen) return { ...chosen, [action.input]: action.to };
        return action.input === "name" && resource.name === action.to ? { ...resource, name: chosen.name } : resource;
      });
    }
  }

  private editByHand(action: Action): void {
    const workspace = this.driver.emulator.workspace();
    if (action.do === "add by hand") {
      workspace.add(action.name, action.value);
      this.noteEditByHand(`adds ${action.name}=${action.value}`);
      return;
    }
    if (!("which" in action) || this.secrets.length === 0) return;
    const { id, name } = at(this.secrets, action.which);
    switch (action.do) {
      case "remove by hand":
        this.removeByHand(id);
        break;
      case "recreate by hand":
        workspace.remove(id);
        workspace.add(name, action.value);
        this.noteEditByHand(`deletes ${name} (${id}) and creates it again`);
        break;
      case "rename by hand":
        workspace.rename(id, action.name);
        this.noteEditByHand(`renames ${name} (${id}) to ${action.name}`);
        break;
      case "set value by hand":
        workspace.setValue(id, action.value);
        this.history.setByOthers(id);
        this.noteEditByHand(`sets ${name} (${id}) to ${action.value}`);
        break;
      case "use in an agent":
        workspace.use(id, { agents: ["Support"] });
        this.noteEditByHand(`uses ${name} (${id}) in an agent`);
        break;
      case "stop using":
        workspace.use(id, {});
        this.noteEditByHand(`stops using ${name} (${id})`);
        break;
    }
  }

  private async upOfOtherStack(program: Resource[]): Promise<void> {
    await this.waitForLists();
    const before = this.secrets;
    const { ok } = await this.other.up(program, TOGETHER);
    for (const { id, value } of this.secrets) {
      if (byId(before, id)?.value !== value) this.history.setByOthers(id);
    }
    this.isRefreshed = false;
    this.story.push(`other stack: up ${ok ? "succeeds" : "fails"} with ${program.map(shown).join(", ") || "nothing"}`);
  }

  /** Waits until the lists show everything that has happened. */
  private async waitForLists(): Promise<void> {
    const { listLagMs } = this.settings;
    await setTimeout(listLagMs === 0 ? 0 : listLagMs + TIMER_SLACK_MS);
  }

  private removeByHand(id: string): void {
    this.driver.emulator.workspace().remove(id);
    this.noteEditByHand(`deletes ${id}`);
  }

  private noteEditByHand(what: string): void {
    this.isRefreshed = false;
    this.story.push(`by hand: ${what}`);
  }

  private fail(what: string): void {
    this.violations.push({ kind: "not converged", what });
  }

  private get secrets(): StoredSecret[] {
    return this.driver.emulator.workspace().secrets();
  }

  private secretsNamed(name: string): StoredSecret[] {
    return this.secrets.filter((secret) => secret.name === name);
  }

  private async picture(): Promise<Picture> {
    const elsewhere = this.driver.emulator.workspace(OTHER_ACCOUNT).secrets();
    return { entries: await this.driver.state(), secrets: this.secrets, elsewhere };
  }
}

function at<T>(things: T[], which: number): T {
  return things[which % things.length] as T;
}

function shown(resource: Resource): string {
  const { onExisting, onNameChange, onInUse, via, importId, lookUp } = resource;
  const { name, value, triggers, existingId } = inputsOf(resource);
  const details = [
    ...(triggers ? [`triggers ${triggers}`] : []),
    ...(existingId === undefined ? [] : [`existingId ${existingId}`]),
    ...(importId === undefined ? [] : [`import ${importId}`]),
    ...(lookUp === undefined ? [] : [`only looked up as ${lookUp}`]),
    ...(via === "usual" ? [] : [`via ${via}`]),
  ];
  return [`${name}=${value} ${onExisting}/${onNameChange}/${onInUse}`, ...details].join(" ");
}
