import { type Emulator, startEmulator } from "../../emulator/index";
import { Journal } from "../../provider/ownership/journal";
import { markIn, routesIn } from "../../provider/ownership/mark";
import type { Holder } from "../../provider/ownership/store";
import { isValueKept, type StoredState } from "../../provider/secret/state";
import {
  type DestroyOptions,
  type Driver,
  type Entry,
  inputsOf,
  type Message,
  type Outcome,
  type RefreshOptions,
  type Resource,
  type Route,
  type Settings,
  storedName,
  type UpOptions,
  type Via,
} from "./driver";

/** The provider object of a resource. `elsewhere` uses another account. */
export type ProviderName = Via | "elsewhere";

/** A resource of the state, with the data that the provider returned last. */
export interface StateResource {
  logical: string;
  id: string;
  provider: ProviderName;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  pendingDelete: boolean;
  /** Whether the resource is deleted, but not created again yet. */
  pendingReplacement: boolean;
  /** Whether the resource is only looked up: the engine never deletes it. */
  external: boolean;
  importId?: string | undefined;
}

export type Returned = Pick<StateResource, "id" | "outputs"> & Partial<Pick<StateResource, "inputs">>;

/** A resource whose inputs fail the check. */
export class CheckFailed extends Error {}

/** The engine refuses a step or ends the operation, without an error from the provider. */
class EngineFailure extends Error {}

/** A failed update whose resource the engine must store anyway. */
export class FailedButStored extends Error {
  constructor(
    override readonly cause: unknown,
    readonly stored: Returned,
  ) {
    super();
  }
}

/** The provider processes of one operation, as the engine calls them. */
export interface ProviderProcess {
  /** Returns the inputs for the state. Throws `CheckFailed` if they are wrong. */
  check(
    resource: Resource & { provider: ProviderName },
    olds: StateResource["inputs"] | undefined,
  ): Promise<StateResource["inputs"]>;
  /** `unknown`: an input that isn't known yet. */
  diff(
    old: StateResource,
    inputs: StateResource["inputs"],
    options?: { provider?: ProviderName; unknown?: string },
  ): Promise<{ hasChanges: boolean; replaces: boolean }>;
  create(resource: Pick<StateResource, "logical" | "provider">, inputs: StateResource["inputs"]): Promise<Returned>;
  /** Undefined if the secret is gone. */
  read(resource: StateResource): Promise<Returned | undefined>;
  /** For an import or, with `isLookUp`, a `get`. */
  readNew?(
    resource: Pick<StateResource, "logical" | "provider" | "id">,
    options: { isLookUp: boolean },
  ): Promise<Returned>;
  /** Throws `FailedButStored` if the engine must store a failed update. */
  update(old: StateResource, inputs: StateResource["inputs"]): Promise<Pick<Returned, "outputs">>;
  delete(resource: StateResource): Promise<void>;
  close(): void;
}

export type Config = Record<string, string>;

/** The config and the environment with which the processes of one operation start. */
export interface Start {
  config: Record<ProviderName, Config>;
  env: Record<string, string>;
  /** The config of the last update, by provider, if the program runs. */
  before?: Partial<Record<ProviderName, Config>>;
  journal: Journal;
}

/** A host of the lifecycle, as provider processes for each operation of the engine. */
export interface ModelHost {
  /** Its type token. */
  type: string;
  isPlugin: boolean;
  start(start: Start, report: (message: Message) => void): Promise<ProviderProcess>;
  /** The state's record of the stored value. */
  claimOf(resource: StateResource): string | undefined;
  reported(error: unknown): Pick<Message, "kind" | "text">;
}

const STRANGERS_KEY = "sk_of_another_account";
const SECOND_KEY = "sk_second";
export const OTHER_ACCOUNT = "other";

/** One operation, with its provider processes and its outcome. */
class Operation {
  /** Whether the process was killed. After a kill, no step is saved or started. */
  isKilled = false;
  /** Resources that were deleted in this operation because they depend on a resource that is deleted first. */
  readonly deletedFirst = new Set<StateResource>();

  private constructor(
    readonly outcome: Outcome,
    readonly provider: ProviderProcess,
    private readonly host: ModelHost,
  ) {}

  static async start(host: ModelHost, start: Start): Promise<Operation> {
    const outcome: Outcome = { ok: true, messages: [] };
    const provider = await host.start(start, (message) => outcome.messages.push(message));
    return new Operation(outcome, provider, host);
  }

  /** Runs a step and records its error. Returns false if the step failed. */
  async runs(step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      if (error instanceof EngineFailure) {
        this.fail(error.message);
        return false;
      }
      const cause = error instanceof FailedButStored ? error.cause : error;
      this.outcome.ok = false;
      this.outcome.messages.push({ severity: "error", ...this.host.reported(cause) });
      return false;
    }
  }

  /** Reports an error of the engine. */
  fail(text: string): void {
    this.outcome.ok = false;
    this.outcome.messages.push({ severity: "error", kind: undefined, text });
  }

  /** Kills the process: nothing is saved after this call. */
  kill(): EngineFailure {
    this.isKilled = true;
    return new EngineFailure("the process was killed");
  }
}

/**
 * Stands in for Pulumi's engine: calls the provider in the same order and with the same data, from this process. Source:
 * `pkg/resource/deploy/{step_generator,step}.go` of Pulumi 3.259.
 */
export class StandInEngine implements Driver {
  private resources: StateResource[] = [];
  private lastConfig: Partial<Record<ProviderName, Config>> = {};

  private constructor(
    readonly emulator: Emulator,
    private readonly settings: Settings,
    private readonly host: ModelHost,
  ) {}

  static async start(settings: Settings, host: ModelHost): Promise<StandInEngine> {
    const { uniqueNames, listLagMs, spelling } = settings;
    const emulator = await startEmulator({
      uniqueNames,
      listLagMs,
      normalizeName: (name) => storedName(name, spelling),
      keys: { sk_emulator: {}, [SECOND_KEY]: {}, [STRANGERS_KEY]: { workspace: OTHER_ACCOUNT } },
    });
    return new StandInEngine(emulator, settings, host);
  }

  /** An engine with another stack on the same workspace. */
  static beside(emulator: Emulator, host: ModelHost): StandInEngine {
    const settings: Settings = {
      uniqueNames: true,
      maxRetries: 0,
      listLagMs: 0,
      spelling: "as given",
      keyFrom: "config",
      isKeyShared: true,
    };
    return new StandInEngine(emulator, settings, host);
  }

  get isPlugin(): boolean {
    return this.host.isPlugin;
  }

  workspaceOf(via: Via): string {
    return this.isPlugin || via === "usual" ? "default" : via;
  }

  async up(program: Resource[], options: UpOptions): Promise<Outcome> {
    const { order, continueOnError, refresh, target, end } = options;
    return this.during(
      options,
      async (operation) => {
        const { outcome } = operation;
        const isTarget = ({ logical }: { logical: string }) => target === undefined || logical === target;
        if (refresh) await this.read(operation, this.resources.filter(isTarget));
        if (!outcome.ok) return;
        const running: Promise<unknown>[] = [];
        const registered = program.filter(isTarget);
        for (const [index, resource] of registered.entries()) {
          let step: (() => Promise<void>) | undefined;
          // An error of `check` or `diff` ends the operation, regardless of the options.
          const isRegistered = await operation.runs(async () => {
            const dependents = order === "chained" ? registered.slice(index + 1) : [];
            step = await new Registration(this, operation, options, dependents).stepFor(resource);
          });
          if (!isRegistered || !step) break;
          const before = this.emulator.requests.length;
          const run = operation.runs(step);
          running.push(run);
          if (order === "chained") await run;
          if (order === "after its first request") await Promise.race([run, this.requestNumber(before + 1)]);
          if (order === "after its second request") await Promise.race([run, this.requestNumber(before + 2)]);
          if (!outcome.ok && (order === "chained" || !continueOnError)) break;
        }
        await Promise.all(running);
        // If a resource fails, the program fails, and nothing is deleted after it.
        if (!outcome.ok) return;
        const wanted = new Set(program.map(({ logical }) => logical));
        const unwanted = this.resources.filter(({ logical, pendingDelete }) => pendingDelete || !wanted.has(logical));
        if (end === "before its deletes" && unwanted.length > 0) return operation.fail("the update was cancelled");
        await this.delete(operation, unwanted.filter(isTarget), end === "a delete unsaved");
      },
      program,
    );
  }

  refresh(options: RefreshOptions): Promise<Outcome> {
    return this.during(options, (operation) => this.read(operation));
  }

  destroy(options: DestroyOptions): Promise<Outcome> {
    return this.during(options, async (operation) => {
      if (options.refresh) await this.read(operation);
      if (operation.outcome.ok) await this.delete(operation, this.resources);
    });
  }

  async state(): Promise<Entry[]> {
    return this.resources
      .filter(({ external }) => !external)
      .map((resource) => {
        const { requestedName, workspace = "default", existingId, valueUnknown } = resource.outputs as StoredState;
        return {
          logical: resource.logical,
          id: resource.id,
          name: nameIn(resource),
          requestedName,
          workspace,
          provider: this.isPlugin ? resource.provider : workspace,
          existingId: existingId ?? (resource.inputs.existingId as string | undefined),
          claim: this.host.claimOf(resource),
          valueKept: isValueKept({ ...resource.inputs, ...resource.outputs } as StoredState),
          routes: routesIn(resource.outputs.mark as string | undefined),
          isImported: valueUnknown === true && resource.outputs.valueKept === true,
          importId: resource.importId,
          pendingDelete: resource.pendingDelete,
          pendingReplacement: resource.pendingReplacement,
        };
      });
  }

  async removeFromState(ids: string[]): Promise<void> {
    this.resources = this.resources.filter(({ id }) => !ids.includes(id));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** The resource with this logical name. Omits replaced resources that wait to be deleted. */
  find(logical: string): StateResource | undefined {
    return this.resources.find((one) => one.logical === logical && !one.pendingDelete);
  }

  add(resource: StateResource): void {
    this.resources.push(resource);
  }

  forget(gone: StateResource): void {
    this.resources = this.resources.filter((resource) => resource !== gone);
  }

  private async during(
    options: RefreshOptions,
    steps: (operation: Operation) => Promise<void>,
    program?: Resource[],
  ): Promise<Outcome> {
    const start = this.startWith(options.route ?? "usual");
    const before = program ? this.lastConfig : undefined;
    if (program) this.lastConfig = start.config;
    const holders = program ? this.resources.flatMap((resource) => holderOf(resource, this.host.type)) : [];
    for (const holder of holders) start.journal.hold(holder);
    const operation = await Operation.start(this.host, { ...start, ...(before ? { before } : {}) });
    try {
      await steps(operation);
    } finally {
      operation.provider.close();
    }
    return operation.outcome;
  }

  private startWith(route: Route): Start {
    const { url, apiKey } = this.emulator;
    const { keyFrom, isKeyShared, maxRetries } = this.settings;
    const keys: Record<Route, string> = {
      usual: apiKey,
      "another URL": apiKey,
      "another key": SECOND_KEY,
      "another account": STRANGERS_KEY,
    };
    const baseUrl = route === "another URL" ? url.replace("127.0.0.1", "localhost") : url;
    // The machine may pause. No fault of a history is a missing response.
    const common = { maxRetries: String(maxRetries), timeoutSeconds: "3600" };
    const usual = { apiKey: keys[route], baseUrl };
    const secondKey = route === "another account" ? STRANGERS_KEY : SECOND_KEY;
    const second = { apiKey: isKeyShared ? keys[route] : secondKey, baseUrl };
    const isInConfig = keyFrom === "config";
    return {
      config: {
        usual: { ...common, ...(isInConfig ? usual : {}), workspaces: JSON.stringify({ second }) },
        second: { ...common, ...second },
        elsewhere: { ...common, apiKey: STRANGERS_KEY, baseUrl },
      },
      env: isInConfig ? {} : { ELEVENLABS_API_KEY: usual.apiKey, ELEVENLABS_BASE_URL: usual.baseUrl },
      journal: new Journal(),
    };
  }

  private async read(operation: Operation, resources = this.resources): Promise<void> {
    const { provider } = operation;
    const readOne = async (resource: StateResource) => {
      const found = await provider.read(resource);
      if (!found) return this.forget(resource);
      Object.assign(resource, stored(found));
      // To show changes, the engine compares the new state with the inputs of the last update.
      await provider.diff(resource, resource.inputs);
    };
    await Promise.all(resources.map((one) => operation.runs(() => readOne(one))));
  }

  private async delete(operation: Operation, unwanted: StateResource[], isUnsaved = false): Promise<void> {
    const deleteOne = async (resource: StateResource) => {
      // The engine only removes the entry if it has looked the resource up, or has already deleted it.
      const isGone = resource.external || (resource.pendingReplacement && !resource.pendingDelete);
      if (!isGone) await operation.provider.delete(resource);
      if (!isUnsaved || isGone) this.forget(resource);
    };
    const done = unwanted.map((resource) => operation.runs(() => deleteOne(resource)));
    await Promise.all(done);
    if (isUnsaved && unwanted.length > 0) operation.fail("the process was killed");
  }

  private async requestNumber(count: number): Promise<void> {
    const { emulator } = this;
    // The step may end without a request.
    await emulator.waitForRequest(() => emulator.requests.length >= count).catch(() => undefined);
  }
}

/** The engine's steps for one resource of the program. */
class Registration {
  constructor(
    private readonly engine: StandInEngine,
    private readonly operation: Operation,
    private readonly options: UpOptions,
    /** The resources of the program that depend on this resource. */
    private readonly dependents: Resource[],
  ) {}

  /** Runs `check` and `diff` at once, and returns the remaining step. */
  async stepFor(resource: Resource): Promise<() => Promise<void>> {
    const { engine, provider } = this;
    const { logical, lookUp } = resource;
    const old = engine.find(logical);
    if (engine.isPlugin && lookUp !== undefined) return this.lookUp(resource, lookUp, old);
    const importId = engine.isPlugin ? resource.importId : undefined;
    const oldImportId = old && (old.importId ?? old.id);
    const isImport = importId !== undefined && (old?.external || oldImportId !== importId);
    if (isImport) return this.import(resource, importId, old);
    const isForced = this.options.replace === logical;
    const isRecreated = old !== undefined && this.operation.deletedFirst.has(old);
    const isNew = old === undefined || old.external || isForced || isRecreated;
    const inputs = stored(await provider.check(this.withProvider(resource), isNew ? undefined : old.inputs));
    if (!old) return () => this.create(resource, inputs);
    if (old.external || isRecreated) return () => this.replace(resource, old, inputs);
    const { hasChanges, replaces } = isForced
      ? { hasChanges: true, replaces: true }
      : await provider.diff(old, inputs, { provider: this.providerOf(resource) });
    if (!replaces && !old.pendingReplacement) return () => this.update(resource, old, inputs, hasChanges);
    if (importId !== undefined) throw new EngineFailure("previously-imported resources may not be replaced");
    const news = isForced ? inputs : stored(await provider.check(this.withProvider(resource), undefined));
    if (this.options.deleteFirst) return this.deleteFirst(resource, old, news);
    return async () => {
      await this.create(resource, news);
      old.pendingDelete = true;
    };
  }

  private async replace(resource: Resource, old: StateResource, inputs: StateResource["inputs"]): Promise<void> {
    await this.create(resource, inputs);
    this.engine.forget(old);
  }

  private async update(
    resource: Resource,
    old: StateResource,
    inputs: StateResource["inputs"],
    hasChanges: boolean,
  ): Promise<void> {
    const provider = this.providerOf(resource);
    try {
      if (hasChanges) Object.assign(old, stored(await this.provider.update({ ...old, provider }, inputs)));
    } catch (error) {
      if (error instanceof FailedButStored) Object.assign(old, stored(error.stored), { inputs, provider });
      throw error;
    }
    Object.assign(old, { inputs, provider, importId: resource.importId });
  }

  /** Deletes the dependents that would be replaced with the resource, and then the resource. */
  private async deleteFirst(
    resource: Resource,
    old: StateResource,
    inputs: StateResource["inputs"],
  ): Promise<() => Promise<void>> {
    const { dependsBy } = this.options;
    const replaced: StateResource[] = [];
    for (const { logical } of this.dependents) {
      const dependent = this.engine.find(logical);
      if (!dependent || dependent.external || dependsBy === undefined) continue;
      if (dependent.inputs[dependsBy] === undefined) continue;
      const { replaces } = await this.provider.diff(dependent, dependent.inputs, { unknown: dependsBy });
      if (replaces) replaced.unshift(dependent);
    }
    return async () => {
      for (const one of [...replaced, old].filter(({ pendingReplacement }) => !pendingReplacement)) {
        await this.provider.delete(one);
        one.pendingReplacement = true;
        if (one !== old) this.operation.deletedFirst.add(one);
      }
      await this.replace(resource, old, inputs);
    };
  }

  private async create(resource: Resource, inputs: StateResource["inputs"]): Promise<void> {
    const { operation } = this;
    const { logical } = resource;
    const provider = this.providerOf(resource);
    const created = await this.provider.create({ logical, provider }, inputs);
    if (this.options.end === "a create unsaved" && !operation.isKilled) {
      throw operation.kill();
    }
    const entry = { pendingDelete: false, pendingReplacement: false, external: false };
    this.engine.add({ logical, provider, inputs, ...entry, ...stored(created) });
  }

  private async import(
    resource: Resource,
    importId: string,
    old: StateResource | undefined,
  ): Promise<() => Promise<void>> {
    const { logical } = resource;
    const provider = this.providerOf(resource);
    return async () => {
      const found = stored(await this.provider.readNew?.({ logical, provider, id: importId }, { isLookUp: false }));
      if (!found) throw new EngineFailure("nothing to import");
      const entry = { pendingDelete: false, pendingReplacement: false, external: false };
      const imported: StateResource = { logical, provider, inputs: {}, ...entry, importId, ...found };
      if (old) old.pendingDelete = true;
      this.engine.add(imported);
      const inputs = stored(await this.provider.check(this.withProvider(resource), imported.inputs));
      const { hasChanges, replaces } = await this.provider.diff(imported, inputs);
      if (replaces) throw new EngineFailure("previously-imported resources may not be replaced");
      if (hasChanges) await this.update(resource, imported, inputs, true);
    };
  }

  private lookUp(resource: Resource, id: string, old: StateResource | undefined): () => Promise<void> {
    const { logical } = resource;
    const provider = this.providerOf(resource);
    return async () => {
      const found = stored(await this.provider.readNew?.({ logical, provider, id }, { isLookUp: true }));
      if (!found) throw new EngineFailure("nothing to look up");
      // If the id is the same, the engine removes the resource from the state without deleting it.
      if (old && (old.external || old.id === id)) this.engine.forget(old);
      else if (old) old.pendingDelete = true;
      const entry = { pendingDelete: false, pendingReplacement: false, external: true };
      this.engine.add({ logical, provider, ...entry, ...found, inputs: {} });
    };
  }

  private withProvider(resource: Resource): Resource & { provider: ProviderName } {
    return { ...resource, provider: this.providerOf(resource) };
  }

  private providerOf({ logical, via }: Resource): ProviderName {
    return this.options.elsewhere === logical ? "elsewhere" : via;
  }

  private get provider(): ProviderProcess {
    return this.operation.provider;
  }
}

/** The holder that the SDK reports for a resource. The SDK omits resources that wait to be deleted. */
function holderOf({ logical, id, outputs, pendingDelete }: StateResource, type: string): Holder[] {
  const { name, requestedName, workspace = "default", endpoint, mark } = outputs as StoredState;
  if (pendingDelete || name === undefined || outputs.secretId === undefined) return [];
  const urn = urnFor(type, logical);
  const stored = { type, name, requestedName, workspace, endpoint, mark, isValueKept: isValueKept(outputs) };
  return [{ id, mark: mark === undefined ? urn : markIn(mark), resource: logical, urn, since: "state", stored }];
}

export function urnFor(type: string, logical: string): string {
  return `urn:pulumi:test::test::${type}::${logical}`;
}

/** The inputs as the program gives them. */
export function givenInputs(resource: Resource, workspace: string): Record<string, unknown> {
  return { ...inputsOf(resource), ...(workspace === "default" ? {} : { workspace }) };
}

function nameIn({ outputs }: StateResource): string {
  return (outputs.name as string | undefined) ?? "";
}

/** Converts data in the same way as the state file does. */
function stored<T>(data: T): T {
  return data === undefined ? data : JSON.parse(JSON.stringify(data));
}
