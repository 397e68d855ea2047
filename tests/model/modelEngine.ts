import { type Emulator, startEmulator } from "../../emulator/index";
import { Problem } from "../../provider/messages/problem";
import type { WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { StateHolder } from "../../provider/secret/registration";
import { isValueKept, type StoredState } from "../../provider/secret/state";
import { Workspaces } from "../../provider/workspaces/registry";
import {
  type DestroyOptions,
  type Driver,
  type Entry,
  inputsOf,
  type Outcome,
  type Resource,
  type Settings,
  type UpOptions,
} from "./driver";

export type MakeLifecycle = (host: Host) => WorkspaceSecretLifecycle;

interface Held {
  logical: string;
  id: string;
  inputs: WorkspaceSecretInputs;
  outputs: StoredState;
  pendingDelete: boolean;
}

/** One operation: a provider process of its own, and what became of it. */
class Operation {
  readonly outcome: Outcome = { ok: true, messages: [] };
  readonly lifecycle: WorkspaceSecretLifecycle;

  constructor(config: Record<string, string>, make: MakeLifecycle) {
    this.lifecycle = make({
      workspaces: new Workspaces((key) => config[key], {}),
      warn: async (text) => {
        this.outcome.messages.push({ severity: "warning", text });
      },
    });
  }

  /** False where the step failed. */
  async runs(step: () => Promise<void> | void): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.outcome.ok = false;
      const text = error instanceof Problem ? error.message : `no Problem: ${(error as Error)?.stack ?? error}`;
      this.outcome.messages.push({ severity: "error", text });
      return false;
    }
  }
}

/** Stands in for Pulumi's engine: calls the lifecycle in the same order and with the same data, in this process. */
export class StandInEngine implements Driver {
  private held: Held[] = [];
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

  /** An engine with another stack on the same workspace, and the lifecycle as it is. */
  static beside(emulator: Emulator): StandInEngine {
    const settings = { uniqueNames: true, maxRetries: 0, listLagMs: 0 };
    return new StandInEngine(emulator, settings, (host) => new WorkspaceSecretLifecycle(host));
  }

  async up(program: Resource[], { order, continueOnError, refresh, target }: UpOptions): Promise<Outcome> {
    const operation = new Operation(this.config, this.make);
    const { outcome } = operation;
    // As Pulumi's engine answers: of a resource that is replaced, only the new secret.
    const atFirst = this.held.filter(({ pendingDelete }) => !pendingDelete).map(holderOf);
    const isMeant = ({ logical }: { logical: string }) => target === undefined || logical === target;
    if (refresh) await this.read(operation, this.held.filter(isMeant));
    if (!outcome.ok) return outcome;
    const running: Promise<unknown>[] = [];
    for (const resource of program.filter(isMeant)) {
      let step: (() => Promise<void>) | undefined;
      // An error of check or diff ends the operation, whatever the options say.
      const isRegistered = await operation.runs(() => {
        step = this.register(operation.lifecycle, resource, atFirst);
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
    // A program with a failed resource fails as a whole, and nothing is cleaned up after it.
    if (!outcome.ok) return outcome;
    const wanted = new Set(program.map(({ logical }) => logical));
    await this.delete(
      operation,
      this.held.filter(({ logical, pendingDelete }) => pendingDelete || !wanted.has(logical)).filter(isMeant),
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
    if (operation.outcome.ok) await this.delete(operation, this.held);
    return operation.outcome;
  }

  async state(): Promise<Entry[]> {
    return this.held.map(({ logical, id, outputs, pendingDelete }) => ({
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

  private async read(operation: Operation, held = this.held): Promise<void> {
    const { lifecycle } = operation;
    const readOne = async (held: Held) => {
      const found = await lifecycle.read(held.id, stored(held.outputs));
      if (!found) return this.forget(held);
      held.id = found.id;
      held.outputs = stored(found.state);
      // For what it shows, the engine compares what was read with the inputs of before.
      lifecycle.diff(held.id, stored(held.outputs), held.inputs);
    };
    await Promise.all(held.map((one) => operation.runs(() => readOne(one))));
  }

  /** Checks and compares at once, and gives what is left to do. */
  private register(
    lifecycle: WorkspaceSecretLifecycle,
    resource: Resource,
    holders: StateHolder[],
  ): () => Promise<void> {
    const { logical } = resource;
    const inputs: WorkspaceSecretInputs = inputsOf(resource);
    const old = this.held.find((held) => held.logical === logical && !held.pendingDelete);
    const heldByOthers = resource.onExisting === "fail" ? [] : holders.filter((holder) => holder.resource !== logical);
    const registration = { resource: logical, value: inputs.value, heldByOthers };
    const [failure] = lifecycle.check({ ...inputs }, { ...old?.inputs }, registration);
    if (failure) {
      const [reason = "", ...next] = failure.reason.split("\n");
      throw new Problem(`${logical}: ${failure.property}`, reason.replace(/\.$/, ""), next.join("\n"));
    }
    const create = async () => {
      const { id, state } = await lifecycle.create(inputs);
      this.held.push({ logical, id, inputs, outputs: stored(state), pendingDelete: false });
    };
    if (!old) return create;
    const { changes, replaces } = lifecycle.diff(old.id, stored(old.outputs), inputs);
    if (replaces.length > 0) {
      return async () => {
        await create();
        old.pendingDelete = true;
      };
    }
    return async () => {
      if (changes) await this.update(lifecycle, old, inputs);
      old.inputs = inputs;
    };
  }

  private async update(lifecycle: WorkspaceSecretLifecycle, old: Held, inputs: WorkspaceSecretInputs): Promise<void> {
    try {
      old.outputs = stored(await lifecycle.update(old.id, stored(old.outputs), inputs));
    } catch (error) {
      if (error instanceof UnfinishedUpdate) {
        Object.assign(old, { id: error.held.id, outputs: stored(error.held.state), inputs });
      }
      throw error;
    }
  }

  private async delete(operation: Operation, unwanted: Held[]): Promise<void> {
    const deleteOne = async (held: Held) => {
      await operation.lifecycle.delete(held.id, stored(held.outputs));
      this.forget(held);
    };
    await Promise.all(unwanted.map((held) => operation.runs(() => deleteOne(held))));
  }

  private forget(gone: Held): void {
    this.held = this.held.filter((held) => held !== gone);
  }

  private async requestNumber(count: number): Promise<void> {
    const { emulator } = this;
    // The step may end without any.
    await emulator.waitForRequest(() => emulator.requests.length >= count).catch(() => undefined);
  }
}

function holderOf({ logical, id, outputs }: Held): StateHolder {
  return { resource: logical, id, name: outputs.name ?? "", workspace: "default" };
}

/** As it comes back from the checkpoint. */
function stored(state: StoredState): StoredState {
  return JSON.parse(JSON.stringify(state));
}
