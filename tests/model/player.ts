import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { StoredSecret } from "../../emulator/index";
import { type Action, faultKind, type Scenario } from "./actions";
import { type DestroyOptions, type Driver, inputsOf, type Outcome, type Resource, type UpOptions } from "./driver";
import { byId, History, heldBy, type Observed, type Picture, writes } from "./history";
import { StandInEngine } from "./modelEngine";
import { type Violation, violations } from "./rules";

export interface Figures {
  operations: number;
  requests: number;
  faults: number;
}

export interface Played extends Figures {
  /** Those of the first operation that broke a rule; nothing was played after it. */
  violations: (Violation | { kind: "not converged"; what: string })[];
  /** What happened, line by line. */
  story: string[];
}

const TOGETHER: UpOptions = { order: "together", continueOnError: true, refresh: false };
/** Another than the scenarios have. */
const LAST_TRIGGER = 9;
/** A timer may fire a little early. */
const TIMER_SLACK_MS = 20;
/** The first heals what the hand cannot, and the others what had to wait for it, or for a list that lags behind. */
const ROUNDS = 3;

/** Plays a scenario to the first broken rule, or to its end; then everything must come right again. */
export async function play(scenario: Scenario, driver: Driver): Promise<Played> {
  const { uniqueNames, maxRetries, listLagMs } = scenario.settings;
  const player = new Player(driver, listLagMs);
  player.story.push(
    `names ${uniqueNames ? "are" : "need not be"} unique, ${maxRetries} retries, lists lag ${listLagMs} ms behind`,
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
  private readonly other: StandInEngine;

  constructor(
    private readonly driver: Driver,
    private readonly listLagMs: number,
  ) {
    this.other = StandInEngine.beside(driver.emulator);
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
        await this.refresh();
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
      default:
        if (action.do.startsWith("hand")) this.editByHand(action);
        else this.editProgram(action);
    }
  }

  /** Without faults, users of secrets and rivals for names, the workspace becomes what the program says, and can be left. */
  async settle(): Promise<void> {
    if (this.isOver) return;
    this.story.push(
      "-- the faults end, the hand frees all secrets and clears up, the program takes over what has its names",
    );
    const { emulator } = this.driver;
    emulator.clearFaults();
    for (const { id } of this.secrets) emulator.workspace().use(id, {});
    const entries = await this.driver.state();
    this.program = this.program.map((resource) => ({
      ...resource,
      onExisting: "overwrite",
      // As the error says: from now on the program's value counts.
      trigger: heldBy(entries, resource.logical)?.valueKept ? LAST_TRIGGER : resource.trigger,
    }));

    await this.clearTheWay();
    await this.refresh();
    await this.partOwners();
    let settled = false;
    for (let round = 0; round < ROUNDS && !settled; round++) {
      await this.clearTheWay();
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
    for (const { name } of this.program) {
      if (this.named(name).length !== 1) this.fail(`there are ${this.named(name).length} secrets named ${name}`);
    }
    if (this.isOver) return;

    const held = await this.driver.state();
    const { outcome } = await this.destroy({ refresh: false });
    const left = this.secrets.filter(({ id }) => held.some((entry) => entry.id === id));
    if (!outcome.ok || left.length > 0 || (await this.driver.state()).length > 0)
      this.fail("destroy leaves something of ours");
  }

  /** Of two resources that hold one secret, or want to, the error says to remove one; it may come back then. */
  private async partOwners(): Promise<void> {
    const entries = await this.driver.state();
    const { program } = this;
    const sole = program.filter(({ logical, name }, index) => {
      const held = heldBy(entries, logical);
      const earlier = program.slice(0, index).map((other) => heldBy(entries, other.logical)?.id);
      const isOfAnother = entries.some((entry) => entry.logical !== logical && entry.name === name);
      return held?.name === name ? !earlier.includes(held.id) : !isOfAnother;
    });
    if (sole.length === program.length) return;
    await this.clearTheWay();
    this.program = sole;
    await this.up(TOGETHER);
    this.program = program;
  }

  /** What else errors tell the user to do, which cannot be done for them. */
  private async clearTheWay(): Promise<void> {
    const entries = await this.driver.state();
    for (const resource of this.program) {
      const rivals = this.named(resource.name);
      const held = heldBy(entries, resource.logical);
      const kept = rivals.find(({ id }) => id === held?.id) ?? rivals.find(({ id }) => !isHeld(id)) ?? rivals[0];
      for (const { id } of rivals.filter((rival) => rival !== kept)) this.removeByHand(id);
      // A rename to a name that is taken is refused for good where the two want to swap.
      const isTaken = kept !== undefined && held !== undefined && kept.id !== held.id;
      if (isTaken) resource.onNameChange = "replace";
    }
    function isHeld(id: string): boolean {
      return entries.some((entry) => entry.id === id);
    }
  }

  private async up(options: UpOptions): Promise<Observed> {
    const { order, continueOnError, refresh, target } = options;
    for (const resource of this.program) this.story.push(`    ${resource.logical}: ${shown(resource)}`);
    const about = target === undefined ? "" : ` --target ${target}`;
    const flags = `${continueOnError ? " --continue-on-error" : ""}${refresh ? " --refresh" : ""}${about}`;
    const run = () => this.driver.up(this.program, options);
    return this.observe("up", refresh, run, `${flags}, resources ${order}`, { order, target });
  }

  private refresh(): Promise<Observed> {
    return this.observe("refresh", true, () => this.driver.refresh());
  }

  private destroy(options: DestroyOptions): Promise<Observed> {
    const { refresh } = options;
    return this.observe("destroy", refresh, () => this.driver.destroy(options), refresh ? " --refresh" : "");
  }

  private async observe(
    operation: Observed["operation"],
    refreshes: boolean,
    run: () => Promise<Outcome>,
    how = "",
    { order, target }: Partial<UpOptions> = {},
  ): Promise<Observed> {
    await this.listsCatchUp();
    const before = await this.picture();
    const { requests } = this.driver.emulator;
    const count = requests.length;
    const outcome = await run();
    const observed: Observed = {
      operation,
      refreshes,
      target,
      order,
      program: this.program,
      before,
      after: await this.picture(),
      outcome,
      requests: requests.slice(count),
      isRefreshed: this.isRefreshed || (refreshes && operation === "up" && target === undefined),
    };
    this.operations++;
    this.history.learn(observed);
    this.isRefreshed = operation === "refresh" && outcome.ok;
    this.tell(observed, how);
    this.violations.push(...violations(observed, this.history, this.driver.emulator.apiKey));
    return observed;
  }

  private tell({ operation, outcome, after, requests }: Observed, how: string): void {
    this.story.push(`${operation}${how} ${outcome.ok ? "succeeds" : "fails"}`);
    for (const { severity, text } of outcome.messages)
      this.story.push(`    ${severity}: ${text.replaceAll("\n", " | ")}`);
    const calls = requests.map(
      ({ operation, status, fault }) => `${operation} ${status ?? "-"}${fault ? ` (${fault})` : ""}`,
    );
    this.story.push(`    calls: ${calls.join(", ")}`);
    const entries = after.entries.map(({ logical, id, name, valueDigest, pendingDelete }) => {
      const remarks = [valueDigest ?? "no digest", ...(pendingDelete ? ["to delete"] : [])];
      return `${logical}: ${name} ${id} (${remarks.join(", ")})`;
    });
    this.story.push(`    state: ${entries.join("; ")}`);
    const secrets = after.secrets.map(({ id, name, value }) => `${name}=${value} ${id}`);
    this.story.push(`    workspace: ${secrets.join("; ")}`);
  }

  private editProgram(action: Action): void {
    const { program } = this;
    if (action.do === "put") {
      const { do: _, ...resource } = action;
      // Names are unique within a program: the SDK refuses others.
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
    if (action.do === "hand adds") {
      workspace.add(action.name, action.value);
      this.handDid(`adds ${action.name}=${action.value}`);
      return;
    }
    if (!("which" in action) || this.secrets.length === 0) return;
    const { id, name } = at(this.secrets, action.which);
    switch (action.do) {
      case "hand removes":
        this.removeByHand(id);
        break;
      case "hand makes again":
        workspace.remove(id);
        workspace.add(name, action.value);
        this.handDid(`removes ${name} (${id}) and makes it again`);
        break;
      case "hand renames":
        workspace.rename(id, action.name);
        this.handDid(`renames ${name} (${id}) to ${action.name}`);
        break;
      case "hand sets":
        workspace.setValue(id, action.value);
        this.history.handSet(id);
        this.handDid(`sets ${name} (${id}) to ${action.value}`);
        break;
      case "hand uses":
        workspace.use(id, { agents: ["Support"] });
        this.handDid(`lets an agent use ${name} (${id})`);
        break;
      case "hand frees":
        workspace.use(id, {});
        this.handDid(`frees ${name} (${id})`);
        break;
    }
  }

  private async upOfOtherStack(program: Resource[]): Promise<void> {
    await this.listsCatchUp();
    const before = this.secrets;
    const { ok } = await this.other.up(program, TOGETHER);
    for (const { id, value } of this.secrets) {
      if (byId(before, id)?.value !== value) this.history.handSet(id);
    }
    this.isRefreshed = false;
    this.story.push(`other stack: up ${ok ? "succeeds" : "fails"} with ${program.map(shown).join(", ") || "nothing"}`);
  }

  /** What came before is in the lists from then on. */
  private async listsCatchUp(): Promise<void> {
    await setTimeout(this.listLagMs === 0 ? 0 : this.listLagMs + TIMER_SLACK_MS);
  }

  private removeByHand(id: string): void {
    this.driver.emulator.workspace().remove(id);
    this.handDid(`removes ${id}`);
  }

  private handDid(what: string): void {
    this.isRefreshed = false;
    this.story.push(`hand: ${what}`);
  }

  private fail(what: string): void {
    this.violations.push({ kind: "not converged", what });
  }

  private get secrets(): StoredSecret[] {
    return this.driver.emulator.workspace().secrets();
  }

  private named(name: string): StoredSecret[] {
    return this.secrets.filter((secret) => secret.name === name);
  }

  private async picture(): Promise<Picture> {
    return { entries: await this.driver.state(), secrets: this.secrets };
  }
}

function at<T>(things: T[], which: number): T {
  return things[which % things.length] as T;
}

function shown(resource: Resource): string {
  const { onExisting, onNameChange, onInUse } = resource;
  const { name, value, triggers } = inputsOf(resource);
  return `${name}=${value} ${onExisting}/${onNameChange}/${onInUse}${triggers ? ` triggers ${triggers}` : ""}`;
}
