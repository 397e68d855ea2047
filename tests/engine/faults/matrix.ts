import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { type Canary, canary, leaksIn } from "../../support/canary";
import { claimIn, isClaimOf } from "../../support/claims";
import { closedOrigin, json, serve } from "../../support/servers";
import { type Run, type StateResource, startStack, type TestStack } from "../../support/testStack";
import { type Fault, faultsOf, type Places } from "./faultKinds";
import { type Args, type Scenario, THEIRS } from "./scenarios";

interface FaultCase {
  scenario: Scenario;
  fault: Fault;
  /** If true, every call fails, not just the first. */
  lasts: boolean;
}

/** One fault in one scenario. Each case has a separate workspace, so that one stack can run many cases. */
interface Case extends FaultCase {
  /** The name of the workspace, which is also the prefix of the names of its resources. */
  id: string;
  key: Canary;
  value: Canary;
}

/** The errors of one failed case. */
interface Failure {
  kinds: string[];
  message: string;
}

export interface Result {
  fault: string;
  lasts: boolean;
  outcome: string;
}

/**
 * A workspace with one secret that no case changes. Without a secret in the program, the provider would not get the
 * program's config, and deletes would call the API at the URL of the last update.
 */
const KEPT = { id: "kept", key: "sk_of_the_kept_secret" };

const WRITES = new Set(["create", "update", "delete"]);

/**
 * Runs the chosen cases of scenarios with the same operation, then the same command again. After each run, expects that
 * no secret is lost. Returns the outcome of each case.
 */
export async function tryAll(
  scenarios: Scenario[],
  isChosen: (one: FaultCase) => boolean = () => true,
): Promise<Result[]> {
  const other = await serve(json({}));
  const closed = await closedOrigin();
  const places = { closed, other: other.url };
  const cases = scenarios
    .flatMap((scenario) => casesOf(scenario, places).filter(isChosen))
    .map((one, index) => ({ ...one, id: `w${index}`, key: canary("sk_"), value: canary(' "ü\n') }));
  const keys = Object.fromEntries([
    ...cases.map(({ id, key }) => [key.text, { workspace: id }]),
    [KEPT.key, { workspace: KEPT.id }],
  ]);
  const stack = await startStack({
    emulator: { keys, uniqueNames: false },
    config: { "elevenlabs:timeoutSeconds": "8", "elevenlabs:maxRetries": "1" },
  });
  const [operation = "up", ...others] = new Set(scenarios.map(({ operation = "up" }) => operation));
  expect(others).toEqual([]);
  const matrix = new Matrix(stack, cases, operation);

  await matrix.prepare(places);
  const failed = await matrix.runWithFaults(places);
  const outcomes = await matrix.converge(failed);
  matrix.expectNoLeaks();
  expect(other.requests).toEqual([]);
  return cases.map(({ id, fault, lasts }) => ({ fault: fault.name, lasts, outcome: outcomes.get(id) ?? "" }));
}

function casesOf(scenario: Scenario, places: Places): FaultCase[] {
  return faultsOf({ writes: WRITES.has(scenario.call) }, places)
    .filter((fault) => !scenario.faults || scenario.faults.test(fault.name))
    .flatMap((fault) => (fault.kind ? [false, true] : [true]).map((lasts) => ({ scenario, fault, lasts })));
}

class Matrix {
  private readonly runs: Run[] = [];
  /** The ids of secrets that the stack did not create. */
  private readonly theirs = new Map<string, string>();
  /** The stack's config file: with the API at its real origin, and with an unreachable origin for some cases. */
  private config = { here: "", elsewhere: "" };

  constructor(
    private readonly stack: TestStack,
    private readonly cases: Case[],
    private readonly operation: "up" | "refresh",
  ) {}

  async prepare(places: Places): Promise<void> {
    this.config = {
      elsewhere: await this.describeWorkspaces((fault) => fault.origin?.(places)),
      here: await this.describeWorkspaces(() => undefined),
    };
    this.editWorkspaces("arrange");
    if (this.cases.some(({ scenario }) => scenario.before)) {
      await this.write(({ scenario }) => scenario.before);
      expect(await this.up()).toMatchObject({ code: 0 });
    }
    this.editWorkspaces("meanwhile");
  }

  private editWorkspaces(step: "arrange" | "meanwhile"): void {
    for (const { id, scenario } of this.cases) {
      const workspace = this.workspace(id);
      const before = new Set(workspace.secrets().map(({ id }) => id));
      scenario[step]?.(workspace, ({ name }) => nameIn(id, name));
      const added = workspace.secrets().find(({ id }) => !before.has(id));
      if (added) this.theirs.set(id, added.id);
    }
  }

  /** Runs the step with the faults. Returns the ids of the cases in which it failed. */
  async runWithFaults(places: Places): Promise<Set<string>> {
    for (const { id, scenario, fault, lasts } of this.cases) {
      const { call, after = 0, search, also } = scenario;
      const scope = { on: call, after, ...(search === undefined ? {} : { search }) };
      if (also) this.stack.emulator.fault({ ...also, workspace: id });
      if (!fault.kind) continue;
      const times = lasts ? Number.POSITIVE_INFINITY : 1;
      this.stack.emulator.fault({ ...fault.kind, ...scope, times, workspace: id });
    }
    await this.write(({ scenario }) => scenario.program);
    const before = this.operation === "refresh" ? await this.stored() : undefined;
    const run = await this.elsewhere(places, () => this[this.operation]());
    this.stack.emulator.clearFaults();

    expect(this.unmet(run)).toEqual([]);
    const failed = this.failures(run);
    await this.expectNothingLost(failed, before);
    return new Set(failed.keys());
  }

  /** Lists the cases whose fault hit no request, so that they prove nothing. */
  private unmet({ requests }: Run): string[] {
    const faulty = requests.filter(({ fault }) => fault !== undefined);
    const met = new Set(faulty.map(({ operation, workspace }) => `${operation} in ${workspace}`));
    return this.cases
      .filter(({ id, scenario, fault }) => fault.kind && !met.has(`${scenario.call} in ${id}`))
      .map(({ id }) => this.nameOf(id));
  }

  /** Runs the same command again until workspace, state and program match. Returns the outcome of each case. */
  async converge(failed: Set<string>): Promise<Map<string, string>> {
    for (const { id, scenario } of this.cases) scenario.release?.(this.workspace(id));
    if (this.operation === "refresh") expect(await this.refresh()).toMatchObject({ code: 0 });
    const again = this.failures(await this.up());
    for (const [id, { kinds, message }] of again) {
      // Only this error requires a decision by a person.
      expect({ id, message, kinds }).toEqual({ id, message, kinds: ["name-taken"] });
      expect(message).toContain('onExisting: "overwrite"');
    }
    if (again.size > 0) {
      await this.write(({ id, scenario: { program } }) =>
        program && again.has(id) ? { ...program, onExisting: "overwrite" } : program,
      );
      expect(await this.up()).toMatchObject({ code: 0 });
    }
    await this.expectAllDone();
    return new Map(
      this.cases.map(({ id, scenario }) => {
        if (!failed.has(id)) return [id, "succeeds"];
        if (!again.has(id)) return [id, "error; the next `up` succeeds"];
        const error = scenario.refused ? "error" : "error: the secret may have been created";
        return [id, `${error}; the next \`up\` shows the secret's id, and \`overwrite\` adopts it`];
      }),
    );
  }

  expectNoLeaks(): void {
    expect(this.runs.flatMap(({ output }) => leaksIn(output, this.canaries()))).toEqual([]);
  }

  private canaries(): Canary[] {
    return this.cases.flatMap(({ key, value }) => [key, value]);
  }

  private workspace(id: string) {
    return this.stack.emulator.workspace(id);
  }

  private up(): Promise<Run> {
    return this.run("up", "--continue-on-error", "--parallel", "50");
  }

  private refresh(): Promise<Run> {
    return this.run("refresh", "--run-program", "--parallel", "200");
  }

  private async run(operation: "up" | "refresh", ...args: string[]): Promise<Run> {
    const run = await this.stack[operation](...args);
    this.runs.push(run);
    return run;
  }

  private async write(argsOf: (one: Case) => Args | undefined): Promise<void> {
    const all = this.cases.flatMap((one) =>
      this.each(one, argsOf(one)).map((args, index) => [`${one.id}-${index}`, args]),
    );
    const kept = [KEPT.id, { name: "KEPT", value: "v", workspace: KEPT.id }];
    await this.stack.program(
      `for (const [name, args] of ${JSON.stringify([kept, ...all])}) new WorkspaceSecret(name, args);`,
    );
  }

  /** Returns the arguments of the resources of one case. */
  private each({ id, value, scenario: { count = 1 } }: Case, args: Args | undefined): Args[] {
    if (!args) return [];
    const own = {
      ...args,
      name: nameIn(id, args.name),
      workspace: id,
      value: `${args.value}${value.text}`,
      ...(args.existingId === THEIRS ? { existingId: this.theirs.get(id) } : {}),
    };
    if (count === 1) return [own];
    return Array.from({ length: count }, (_, index) => ({ ...own, name: `${own.name}_${index}` }));
  }

  /** Returns the stack's config file with these workspaces. */
  private async describeWorkspaces(origin: (fault: Fault) => string | undefined): Promise<string> {
    const workspaces = this.cases.map(({ id, key, fault }) => [
      id,
      { apiKey: key.text, baseUrl: origin(fault) ?? this.stack.emulator.url },
    ]);
    workspaces.push([KEPT.id, { apiKey: KEPT.key, baseUrl: this.stack.emulator.url }]);
    await this.stack.configureSecrets({ "elevenlabs:workspaces": JSON.stringify(Object.fromEntries(workspaces)) });
    return readFile(this.configFile, "utf8");
  }

  private get configFile(): string {
    return join(this.stack.folder, "Pulumi.test.yaml");
  }

  /**
   * Runs while some workspaces are unreachable: changes their endpoint in config and state, and changes it back
   * afterwards.
   */
  private async elsewhere<T>(places: Places, run: () => Promise<T>): Promise<T> {
    const origins = new Map(this.cases.map(({ id, fault }) => [id, fault.origin?.(places)]));
    await writeFile(this.configFile, this.config.elsewhere);
    await this.moveState((workspace) => origins.get(workspace));
    const result = await run();
    await writeFile(this.configFile, this.config.here);
    await this.moveState(() => this.stack.emulator.url);
    return result;
  }

  private async moveState(place: (workspace: string) => string | undefined): Promise<void> {
    const file = this.stack.checkpointFile;
    const state = JSON.parse(await readFile(file, "utf8")) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    for (const { outputs } of state.checkpoint.latest?.resources ?? []) {
      const origin = outputs?.endpoint === undefined ? undefined : place(String(outputs.workspace));
      if (outputs && origin) outputs.endpoint = origin;
    }
    await writeFile(file, JSON.stringify(state));
  }

  /** Groups the errors of a run by case. */
  private failures({ code, problems, output }: Run): Map<string, Failure> {
    const errors = problems.filter(({ severity }) => severity === "error");
    // Only these errors may make a run fail.
    expect({ failed: code !== 0, output }).toEqual({ failed: errors.length > 0, output });
    const byCase = Map.groupBy(errors, ({ resource = "" }) => caseOf(resource));
    return new Map(
      [...byCase].map(([id, all]) => {
        const kinds = [...new Set(all.map(({ kind }) => kind))];
        return [id, { kinds, message: all.map(({ message }) => message).join("\n") }];
      }),
    );
  }

  /** Groups the secrets of the state by case, including pending deletes, with decrypted digests. */
  private async stored(): Promise<Map<string, StateResource[]>> {
    return Map.groupBy(await this.stack.everySecret(), ({ urn }) => caseOf(urn.split("::").at(-1) ?? ""));
  }

  /**
   * Expects that no secret is lost and, if `unchanged` is given, that failed cases left the state as it was. Returns
   * the state.
   */
  private async expectNothingLost(
    failed: Map<string, Failure>,
    unchanged?: Map<string, StateResource[]>,
  ): Promise<Map<string, StateResource[]>> {
    const state = await this.stored();
    const lost: Record<string, string[]> = {};
    for (const { id } of this.cases) {
      const stored = state.get(id) ?? [];
      const error = failed.get(id);
      const live = this.workspace(id).secrets();
      const problems = [
        ...duplicates(live),
        ...live
          .filter((secret) => secret.id !== this.theirs.get(id) && !stored.some(({ id }) => id === secret.id))
          .filter((secret) => !error?.kinds.includes("may-have-been-created") && !error?.message.includes(secret.id))
          .map((secret) => `orphan ${secret.name}`),
        ...stored.flatMap(({ id, inputs, outputs }) => {
          const secret = live.find((one) => one.id === id);
          // After a failed step, the API may have a new value or name that the state lacks. But the state must not
          // claim a wrong value.
          if (!secret) return error ? [] : ["the state has a secret that is gone"];
          const claim = claimIn({ inputs, outputs });
          const isRight = claim === undefined || isClaimOf(claim, secret.value);
          return [
            ...(isRight ? [] : ["the state claims another value"]),
            ...(outputs?.name === secret.name || error ? [] : ["the state claims another name"]),
          ];
        }),
      ];
      if (error && unchanged) {
        const before = (unchanged.get(id) ?? []).map(({ id, outputs }) => ({ id, outputs }));
        const after = stored.map(({ id, outputs }) => ({ id, outputs }));
        if (JSON.stringify(before) !== JSON.stringify(after)) problems.push("the state changed");
      }
      if (problems.length > 0) lost[this.nameOf(id)] = problems;
    }
    expect(lost).toEqual({});
    const text = await readFile(this.stack.checkpointFile, "latin1");
    expect(leaksIn(text, this.canaries())).toEqual([]);
    return state;
  }

  /** Expects that workspace, state and program match, and that a preview with a refresh shows no change. */
  private async expectAllDone(): Promise<void> {
    const state = await this.expectNothingLost(new Map());
    for (const one of this.cases) {
      const { id } = one;
      const stored = (state.get(id) ?? []).map(({ id }) => id);
      const live = this.workspace(id).secrets().sort(byName);
      const wanted = this.each(one, one.scenario.program).map(({ name, value }) => ({ name, value }));
      expect({ id, live: live.map(({ name, value }) => ({ name, value })) }).toEqual({ id, live: wanted.sort(byName) });
      expect(stored.sort()).toEqual(live.map(({ id }) => id).sort());
    }
    const preview = await this.stack.preview("--refresh", "--expect-no-changes", "--run-program", "--parallel", "50");
    expect(preview).toMatchObject({ code: 0 });
  }

  private nameOf(caseId: string): string {
    const found = this.cases.find(({ id }) => id === caseId);
    return `${found?.scenario.title}: ${found?.fault.name}${found?.lasts ? ", lasting" : ""}`;
  }
}

/** Each case has separate names, because creates with the same name wait for each other, even in different workspaces. */
function nameIn(caseId: string, name: string): string {
  return `${name}_${caseId}`;
}

function caseOf(resource: string): string {
  return resource.split("-")[0] ?? "";
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}

function duplicates(secrets: { name: string }[]): string[] {
  const names = secrets.map(({ name }) => name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `two of ${name}`);
}
