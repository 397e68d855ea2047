import type * as pulumi from "@pulumi/pulumi";
import { notShared } from "../../messages/environment.js";
import type { Problem } from "../../messages/problem.js";
import { Journal } from "../../ownership/journal.js";
import { REGISTRATION_INPUT, type Registration } from "../../ownership/registration.js";
import { UNKNOWN, type WorkspaceSecretInputs } from "../../secret/inputs.js";
import { type Resource, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../secret/lifecycle.js";
import type { StoredState } from "../../secret/state.js";
import { trackingByDigest } from "../../secret/valueTracking.js";
import { Workspaces } from "../../workspaces/workspaces.js";
import { shownFailure } from "../shownFailure.js";
import { DYNAMIC_TYPE } from "../typeTokens.js";
import { warn } from "./warn.js";

/** The properties that the engine sends, including two that only this host handles: the provider's text and the registration. */
type Properties = Record<string, unknown>;

/** The string by which Pulumi's SDK marks a value that a preview doesn't know yet. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Runs the lifecycle as a Pulumi dynamic provider for Node.js. */
export class DynamicHost implements pulumi.dynamic.ResourceProvider<Properties, Properties> {
  private config: pulumi.dynamic.Config | undefined;
  /** The engine calls `check` only if the program runs. Otherwise, the config is from the last update. */
  private hasChecked = false;
  private readonly lifecycle = new WorkspaceSecretLifecycle({
    journal: journalOfProcess(),
    managedType: DYNAMIC_TYPE,
    workspaces: new Workspaces((key) => this.config?.get(`elevenlabs:${key}`), process.env),
    valueTracking: trackingByDigest,
    isConfigCurrent: () => this.hasChecked,
    warn: (warning) => warn(warning.text()),
  });

  /** Only stores the config: only the first call of the process waits for `configure`, and a failure here would be cached. */
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  async check(
    olds: Properties,
    { [REGISTRATION_INPUT]: sent, ...news }: Properties,
  ): Promise<pulumi.dynamic.CheckResult<Properties>> {
    this.hasChecked = true;
    const registration = sent === undefined ? undefined : (fromEngine(sent as Properties) as unknown as Registration);
    const failures = this.lifecycle.check(fromEngine(news), fromEngine(olds ?? {}), registration);
    const secretInputs = registration?.secretInputs ?? [];
    return {
      inputs: news,
      failures: failures.map((failure) => {
        const { property } = failure;
        return shownFailure(failure, { given: news[property], isSecret: secretInputs.includes(property) });
      }),
    };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return withTidyErrors(`diff of ${id}`, async () => {
      const { hasChanges, replacing } = this.lifecycle.diff(resourceOf(id, olds), inputsOf(news));
      // State written by the plugin doesn't contain the provider that the engine must load, so update it.
      return { changes: hasChanges || olds.__provider === undefined, replaces: replacing };
    });
  }

  create(news: Properties): Promise<pulumi.dynamic.CreateResult<Properties>> {
    return withTidyErrors("create", async () => {
      const { id, state } = await this.lifecycle.create(inputsOf(news));
      return { id, outs: { ...state } };
    });
  }

  read(id: string, olds: Properties = {}): Promise<pulumi.dynamic.ReadResult<Properties>> {
    return withTidyErrors(`read of ${id}`, async () => {
      const stored = await this.lifecycle.read(resourceOf(id, olds));
      // An empty id tells the engine that the resource is gone.
      return stored ? { id: stored.id, props: { ...stored.state } } : { id: "", props: {} };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult<Properties>> {
    const step = async () => {
      const state = await this.lifecycle.update(resourceOf(id, olds), inputsOf(news));
      return { outs: { ...state } };
    };
    return withTidyErrors(`update of ${id}`, step, news.__provider);
  }

  delete(id: string, olds: Properties): Promise<void> {
    return withTidyErrors(`delete of ${id}`, () => this.lifecycle.delete(resourceOf(id, olds)));
  }
}

/** A provider that does nothing: each step fails with this problem. */
export function failingHost(problem: Problem): pulumi.dynamic.ResourceProvider {
  const failing = (step: string) => () => withTidyErrors<never>(step, () => Promise.reject(problem));
  return {
    check: async (_, inputs) => ({ inputs, failures: [{ property: "", reason: problem.message }] }),
    diff: failing("diff"),
    create: failing("create"),
    read: failing("read"),
    update: failing("update"),
    delete: failing("delete"),
  };
}

/** The engine gives a dynamic-provider process its address as the first argument. */
function journalOfProcess(): Journal {
  const address = process.argv[2];
  if (address === undefined || !/^\S+:\d+$/.test(address)) return new Journal();
  const journal = new Journal(address, (facts) => {
    warn(notShared(facts).text()).catch(() => undefined);
  });
  journal.join();
  process.on("exit", () => journal.close());
  // The engine ends the process with a signal, and Node.js would then end without the event `exit`.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit());
  return journal;
}

function resourceOf(id: string, olds: Properties): Resource {
  return { id, state: fromEngine(olds) as StoredState };
}

function inputsOf(news: Properties): WorkspaceSecretInputs {
  return fromEngine(news) as unknown as WorkspaceSecretInputs;
}

/** Removes the provider's text and nulls, and replaces unknown values with the lifecycle's `UNKNOWN`. */
function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => property !== null && property !== undefined)
      .map(([key, property]) => [key, hasUnknown(property) ? UNKNOWN : property]),
  );
}

function hasUnknown(property: unknown): boolean {
  if (property === UNKNOWN_TEXT) return true;
  return typeof property === "object" && property !== null && Object.values(property).some(hasUnknown);
}

/**
 * Runs a step. The engine shows an error's message with the resource. In most steps, the provider process also prints
 * `${error}: ${error.stack}`, so both are shortened, and refer to the message.
 */
async function withTidyErrors<T>(step: string, run: () => Promise<T>, providerText?: unknown): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const shown = new Error(error instanceof Error ? error.message : "unknown failure");
    shown.toString = () => `elevenlabs:WorkspaceSecret: ${step}`;
    shown.stack = "failed; the error is shown with its resource";
    if (!(error instanceof UnfinishedUpdate)) throw shown;
    // With these fields, the engine stores the state despite the error, and updates the resource again next time.
    const { id, state } = error.stored;
    throw Object.assign(shown, { id, properties: { ...state, __provider: providerText }, reasons: [shown.message] });
  }
}
