import { type Emulator, startEmulator } from "../../emulator/index";
import { checkFailureText, Problem, warningText } from "../../provider/messages/problem";
import type { CheckFailure, WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import { digestMemory } from "../../provider/secret/pushed";
import type { Registration, StackOwner } from "../../provider/secret/registration";
import { isValueKept, type StoredState } from "../../provider/secret/state";
import { Workspaces } from "../../provider/workspaces/registry";
import {
  type DestroyOptions,
  type Driver,
  type Entry,
  inputsOf,
  type Message,
  type Outcome,
  type Resource,
  type Settings,
  UNEXPECTED_ERROR,
  type UpOptions,
} from "./driver";

export type MakeLifecycle = (host: Host) => WorkspaceSecretLifecycle;

/** A resource of the state. */
interface StateResource {
  logical: string;
  id: string;
  inputs: WorkspaceSecretInputs;
  outputs: StoredState;
  pendingDelete: boolean;
}

/** A resource whose inputs fail the check. */
class CheckFailed extends Error {
  constructor(
    logical: string,
    readonly failure: CheckFailure,
  ) {
    super(`${logical}: ${failure.property} ${checkFailureText(failure)}`);
  }
}

/** One operation: a provider process of its own, and its outcome. */
class Operation {
  readonly outcome: Outcome = { ok: true, messages: [] };
  readonly lifecycle: WorkspaceSecretLifecycle;
  /** As in the real host: the config counts as current from the first `check` on. */
  private hasChecked = false;

  constructor(config: Record<string, string>, make: MakeLifecycle) {
    this.lifecycle = make({
      workspaces: new Workspaces((key) => config[key], {}),
      memory: digestMemory,
      isConfigCurrent: () => this.hasChecked,
      warn: async (kind, facts) => {
        this.outcome.messages.push({ severity: "warning", kind, text: warningText(kind, facts) });
      },
    });
  }

  /** Throws if the inputs are wrong. */
  check(inputs: WorkspaceSecretInputs, olds: WorkspaceSecretInputs | undefined, registration: Registration): void {
    this.hasChecked = true;
    const [failure] = this.lifecycle.check({ ...inputs }, { ...olds }, registration);
    if (failure) throw new CheckFailed(registration.resource, failure);
  }

  /** Runs a step and records its error; false if it failed. */
  async runs(step: () => Promise<void> | void): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.outcome.ok = false;
      this.outcome.messages.push({ severity: "error", ...reported(error) });
      return false;
    }
  }
}

function reported(error: unknown): Pick<Message, "kind" | "text"> {
  if (error instanceof Problem) return { kind: error.kind, text: error.message };
  if (error instanceof CheckFailed) return { kind: error.failure.kind, text: error.message };
  return { kind: undefined, text: `${UNEXPECTED_ERROR}: ${(error as Error)?.stack ?? error}` };
}

/** Stands in for Pulumi's engine: calls the lifecycle in the same order and with the same data, in this process. */
export class StandInEngine implements Driver {
  private resources: StateResource[] = [];
  private readonly config: Record<string, string>;

  private constructor(
    readonly emulator: Emulator,
    { maxRetries }: Settings,
    private readonly make: MakeLifecycle,
  ) {
    this.config = { apiKey: emulator.apiKey, baseUrl: emulator.url, maxRetries: String(maxRetries) };
  }

  static async start(
    settings: Settings,
    make: MakeLifecycle = (host) => new WorkspaceSecretLifecycle(host),
  ): Promise<StandInEngine> {
    return new StandInEngine(
      await startEmulator({ uniqueNames: settings.uniqueNames, listLagMs: settings.listLagMs }),
      settings,
      make,
    );
  }

  /** An engine with another stack on the same workspace, and the unchanged lifecycle. */
  static beside(emulator: Emulator): StandInEngine {
    const settings = { uniqueNames: true, maxRetries: 0, listLagMs: 0 };
    return new StandInEngine(emulator, settings, (host) => new WorkspaceSecretLifecycle(host));
  }

  async up(program: Resource[], { order, continueOnError, refresh, target }: UpOptions): Promise<Outcome> {
    const operation = new Operation(this.config, this.make);
    const { outcome } = operation;
    // As Pulumi's engine answers: for a replaced resource, only the new secret.
    const stackOwners = this.resources.filter(({ pendingDelete }) => !pendingDelete).map(ownerFacts);
    const isTarget = ({ logical }: { logical: string }) => target === undefined || logical === target;
    if (refresh) await this.read(operation, this.resources.filter(isTarget));
    if (!outcome.ok) return outcome;
    const running: Promise<unknown>[] = [];
    for (const resource of program.filter(isTarget)) {
      let step: (() => Promise<void>) | undefined;
      // An error of `check` or `diff` ends the operation, whatever the options say.
      const isRegistered = await operation.runs(() => {
        step = this.register(operation, resource, stackOwners);
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
    if (!outcome.ok) return outcome;
    const wanted = new Set(program.map(({ logical }) => logical));
    await this.delete(
      operation,
      this.resources.filter(({ logical, pendingDelete }) => pendingDelete || !wanted.has(logical)).filter(isTarget),
    );
    return outcome;
  }

  async refresh(): Promise<Outcome> {
    const operation = new Operation(this.config, this.make);
    await this.read(operation);
    return operation.outcome;
  }

  async destroy({ refresh }: DestroyOptions): Promise<Outcome> {
    const operation = new Operation(this.config, this.make);
    if (refresh) await this.read(operation);
    if (operation.outcome.ok) await this.delete(operation, this.resources);
    return operation.outcome;
  }

  async state(): Promise<Entry[]> {
    return this.resources.map(({ logical, id, outputs, pendingDelete }) => ({
      logical,
      id,
      name: outputs.name ?? "",
      valueDigest: outputs.valueDigest,
      valueKept: isValueKept(outputs),
      pendingDelete,
    }));
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  private async read(operation: Operation, resources = this.resources): Promise<void> {
    const { lifecycle } = operation;
    const readOne = async (resource: StateResource) => {
      const found = await lifecycle.read(asSent(resource));
      if (!found) return this.forget(resource);
      resource.id = found.id;
      resource.outputs = stored(found.state);
      // To show changes, the engine compares the new state with the inputs of the last update.
      lifecycle.diff(asSent(resource), resource.inputs);
    };
    await Promise.all(resources.map((one) => operation.runs(() => readOne(one))));
  }

  /** Checks and compares at once, and returns what is left to do. */
  private register(operation: Operation, resource: Resource, stackOwners: StackOwner[]): () => Promise<void> {
    const { lifecycle } = operation;
    const { logical } = resource;
    const inputs: WorkspaceSecretInputs = inputsOf(resource);
    const old = this.resources.find((one) => one.logical === logical && !one.pendingDelete);
    const adoptsNothing = resource.onExisting === "fail";
    const ownedByOthers = adoptsNothing ? [] : stackOwners.filter((owner) => owner.resource !== logical);
    operation.check(inputs, old?.inputs, { resource: logical, value: inputs.value, ownedByOthers });
    const create = async () => {
      const { id, state } = await lifecycle.create(inputs);
      this.resources.push({ logical, id, inputs, outputs: stored(state), pendingDelete: false });
    };
    if (!old) return create;
    const { hasChanges, replacing } = lifecycle.diff(asSent(old), inputs);
    if (replacing.length > 0) {
      return async () => {
        await create();
        old.pendingDelete = true;
      };
    }
    return async () => {
      if (hasChanges) await this.update(lifecycle, old, inputs);
      old.inputs = inputs;
    };
  }

  private async update(
    lifecycle: WorkspaceSecretLifecycle,
    old: StateResource,
    inputs: WorkspaceSecretInputs,
  ): Promise<void> {
    try {
      old.outputs = stored(await lifecycle.update(asSent(old), inputs));
    } catch (error) {
      if (error instanceof UnfinishedUpdate) {
        Object.assign(old, { id: error.stored.id, outputs: stored(error.stored.state), inputs });
      }
      throw error;
    }
  }

  private async delete(operation: Operation, unwanted: StateResource[]): Promise<void> {
    const deleteOne = async (resource: StateResource) => {
      await operation.lifecycle.delete(asSent(resource));
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

/** As the engine hands the resource to the provider. */
function asSent({ id, outputs }: StateResource) {
  return { id, state: stored(outputs) };
}

function ownerFacts({ logical, id, outputs }: StateResource): StackOwner {
  return { resource: logical, id, name: outputs.name ?? "", workspace: "default" };
}

/** As it comes back from the state file. */
function stored(state: StoredState): StoredState {
  return JSON.parse(JSON.stringify(state));
}
