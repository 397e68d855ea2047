import { type Emulator, startEmulator } from "../../emulator/index";
import type { StackOwner } from "../../provider/secret/registration";
import { isValueKept, type StoredState } from "../../provider/secret/state";
import type { DestroyOptions, Driver, Entry, Message, Outcome, Resource, Settings, UpOptions } from "./driver";

/** A resource of the state, with what the provider returned last. */
export interface StateResource {
  logical: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  pendingDelete: boolean;
}

export type Returned = Pick<StateResource, "id" | "outputs"> & Partial<Pick<StateResource, "inputs">>;

/** A resource whose inputs fail the check. */
export class CheckFailed extends Error {}

/** An update that failed, and whose resource the engine is to store anyway. */
export class FailedButStored extends Error {
  constructor(
    override readonly cause: unknown,
    readonly stored: Returned,
  ) {
    super();
  }
}

/** A provider process of one operation, as the engine calls it. */
export interface ProviderProcess {
  /** Gives the inputs as the state is to keep them. Throws `CheckFailed` if they are wrong. */
  check(
    resource: Resource,
    olds: Record<string, unknown> | undefined,
    ownedByOthers: StackOwner[],
  ): Promise<StateResource["inputs"]>;
  diff(old: StateResource, inputs: StateResource["inputs"]): Promise<{ hasChanges: boolean; replaces: boolean }>;
  create(logical: string, inputs: StateResource["inputs"]): Promise<Returned>;
  /** Undefined if the secret is gone. */
  read(resource: StateResource): Promise<Returned | undefined>;
  /** Throws `FailedButStored` if the engine is to store a failed update. */
  update(old: StateResource, inputs: StateResource["inputs"]): Promise<Pick<Returned, "outputs">>;
  delete(resource: StateResource): Promise<void>;
  close(): void;
}

/** A host of the lifecycle, as a provider process for each operation of the engine. */
export interface ModelHost {
  start(config: Record<string, string>, report: (message: Message) => void): Promise<ProviderProcess>;
  /** What its state says about the stored value. */
  claimOf(resource: StateResource): string | undefined;
  reported(error: unknown): Pick<Message, "kind" | "text">;
}

/** One operation: a provider process of its own, and its outcome. */
class Operation {
  private constructor(
    readonly outcome: Outcome,
    readonly provider: ProviderProcess,
    private readonly host: ModelHost,
  ) {}

  static async start(host: ModelHost, config: Record<string, string>): Promise<Operation> {
    const outcome: Outcome = { ok: true, messages: [] };
    const provider = await host.start(config, (message) => outcome.messages.push(message));
    return new Operation(outcome, provider, host);
  }

  /** Runs a step and records its error; false if it failed. */
  async runs(step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      const cause = error instanceof FailedButStored ? error.cause : error;
      this.outcome.ok = false;
      this.outcome.messages.push({ severity: "error", ...this.host.reported(cause) });
      return false;
    }
  }
}

/** Stands in for Pulumi's engine: calls the provider in the same order and with the same data, from this process. */
export class StandInEngine implements Driver {
  private resources: StateResource[] = [];
  private readonly config: Record<string, string>;

  private constructor(
    readonly emulator: Emulator,
    { maxRetries }: Settings,
    private readonly host: ModelHost,
  ) {
    this.config = { apiKey: emulator.apiKey, baseUrl: emulator.url, maxRetries: String(maxRetries) };
  }

  static async start(settings: Settings, host: ModelHost): Promise<StandInEngine> {
    const { uniqueNames, listLagMs } = settings;
    return new StandInEngine(await startEmulator({ uniqueNames, listLagMs }), settings, host);
  }

  /** An engine with another stack on the same workspace. */
  static beside(emulator: Emulator, host: ModelHost): StandInEngine {
    return new StandInEngine(emulator, { uniqueNames: true, maxRetries: 0, listLagMs: 0 }, host);
  }

  async up(program: Resource[], { order, continueOnError, refresh, target }: UpOptions): Promise<Outcome> {
    return this.during(async (operation) => {
      const { outcome } = operation;
      // As Pulumi's engine answers: for a replaced resource, only the new secret.
      const stackOwners = this.resources.filter(({ pendingDelete }) => !pendingDelete).map(ownerFacts);
      const isTarget = ({ logical }: { logical: string }) => target === undefined || logical === target;
      if (refresh) await this.read(operation, this.resources.filter(isTarget));
      if (!outcome.ok) return;
      const running: Promise<unknown>[] = [];
      for (const resource of program.filter(isTarget)) {
        let step: (() => Promise<void>) | undefined;
        // An error of `check` or `diff` ends the operation, whatever the options say.
        const isRegistered = await operation.runs(async () => {
          step = await this.register(operation, resource, stackOwners);
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
      await this.delete(
        operation,
        this.resources.filter(({ logical, pendingDelete }) => pendingDelete || !wanted.has(logical)).filter(isTarget),
      );
    });
  }

  refresh(): Promise<Outcome> {
    return this.during((operation) => this.read(operation));
  }

  destroy({ refresh }: DestroyOptions): Promise<Outcome> {
    return this.during(async (operation) => {
      if (refresh) await this.read(operation);
      if (operation.outcome.ok) await this.delete(operation, this.resources);
    });
  }

  async state(): Promise<Entry[]> {
    return this.resources.map((resource) => ({
      logical: resource.logical,
      id: resource.id,
      name: nameIn(resource),
      claim: this.host.claimOf(resource),
      valueKept: isValueKept(resource.outputs as StoredState),
      pendingDelete: resource.pendingDelete,
    }));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  private async during(steps: (operation: Operation) => Promise<void>): Promise<Outcome> {
    const operation = await Operation.start(this.host, this.config);
    try {
      await steps(operation);
    } finally {
      operation.provider.close();
    }
    return operation.outcome;
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

  /** Checks and compares at once, and returns what is left to do. */
  private async register(
    { provider }: Operation,
    resource: Resource,
    stackOwners: StackOwner[],
  ): Promise<() => Promise<void>> {
    const { logical } = resource;
    const old = this.resources.find((one) => one.logical === logical && !one.pendingDelete);
    const adoptsNothing = resource.onExisting === "fail";
    const ownedByOthers = adoptsNothing ? [] : stackOwners.filter((owner) => owner.resource !== logical);
    const inputs = stored(await provider.check(resource, old?.inputs, ownedByOthers));
    const create = async () => {
      const created = await provider.create(logical, inputs);
      this.resources.push({ logical, inputs, pendingDelete: false, ...stored(created) });
    };
    if (!old) return create;
    const { hasChanges, replaces } = await provider.diff(old, inputs);
    if (replaces) {
      return async () => {
        await create();
        old.pendingDelete = true;
      };
    }
    return async () => {
      if (hasChanges) await this.update(provider, old, inputs);
      old.inputs = inputs;
    };
  }

  private async update(provider: ProviderProcess, old: StateResource, inputs: StateResource["inputs"]): Promise<void> {
    try {
      Object.assign(old, stored(await provider.update(old, inputs)));
    } catch (error) {
      if (error instanceof FailedButStored) Object.assign(old, stored(error.stored), { inputs });
      throw error;
    }
  }

  private async delete(operation: Operation, unwanted: StateResource[]): Promise<void> {
    const deleteOne = async (resource: StateResource) => {
      await operation.provider.delete(resource);
      this.forget(resource);
    };
    await Promise.all(unwanted.map((resource) => operation.runs(() => deleteOne(resource))));
  }

  private forget(gone: StateResource): void {
    this.resources = this.resources.filter((resource) => resource !== gone);
  }

  private async requestNumber(count: number): Promise<void> {
    const { emulator } = this;
    // The step may end without sending one.
    await emulator.waitForRequest(() => emulator.requests.length >= count).catch(() => undefined);
  }
}

function ownerFacts(resource: StateResource): StackOwner {
  return { resource: resource.logical, id: resource.id, name: nameIn(resource), workspace: "default" };
}

function nameIn({ outputs }: StateResource): string {
  return (outputs.name as string | undefined) ?? "";
}

/** As it comes back from the state file. */
function stored<T>(data: T): T {
  return JSON.parse(JSON.stringify(data));
}
