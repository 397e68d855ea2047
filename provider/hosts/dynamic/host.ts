import type * as pulumi from "@pulumi/pulumi";
import { UNKNOWN, type WorkspaceSecretInputs } from "../../secret/inputs.js";
import { UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../secret/lifecycle.js";
import type { Registration, StateHolder } from "../../secret/registration.js";
import type { StoredState } from "../../secret/state.js";
import { Workspaces } from "../../workspaces/registry.js";
import { REGISTRATION_INPUT, type SentRegistration } from "./registrationInput.js";
import { warn } from "./warn.js";

/** What the engine sends, with what only this host knows of: the provider's text, and the SDK's registration. */
type Properties = Record<string, unknown>;

/** How the SDK marks what a preview does not know; the host's protocol, so it is known here alone. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine prints what was given for a property that fails; these are the inputs that hold nothing secret. */
const PRINTABLE = new Set(["name", "onExisting", "onNameChange", "onInUse", "workspace"]);

/** The lifecycle as a dynamic provider of Pulumi for Node.js. */
export class DynamicHost implements pulumi.dynamic.ResourceProvider<Properties, Properties> {
  private config: pulumi.dynamic.Config | undefined;
  private readonly lifecycle = new WorkspaceSecretLifecycle({
    workspaces: new Workspaces((key) => this.config?.get(`elevenlabs:${key}`), process.env),
    warn,
  });

  /** Only the first call of the process waits for this one, and a failure here would be kept: so it only remembers. */
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  async check(
    olds: Properties,
    { [REGISTRATION_INPUT]: sent, ...news }: Properties,
  ): Promise<pulumi.dynamic.CheckResult<Properties>> {
    const registration =
      sent === undefined ? undefined : (fromEngine(sent as Properties) as unknown as SentRegistration);
    const found = this.lifecycle.check(
      fromEngine(news),
      fromEngine(olds ?? {}),
      registration && received(registration),
    );
    const failures = found.map(({ property, reason }) => {
      const given = news[property];
      const isSecret = registration?.secretInputs.includes(property) === true;
      // An object is not what anyone meant to give there, so it may be anything.
      const isPrintable = PRINTABLE.has(property) && typeof given !== "object" && !isSecret;
      const shown = isSecret && typeof given === "string" ? reason.replaceAll(given, "[secret]") : reason;
      return { property: isPrintable ? property : "", reason: `${property} ${shown}` };
    });
    return { inputs: news, failures };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return spoken(`diff of ${id}`, async () => this.lifecycle.diff(id, fromEngine(olds) as StoredState, inputs(news)));
  }

  create(news: Properties): Promise<pulumi.dynamic.CreateResult<Properties>> {
    return spoken("create", async () => {
      const { id, state } = await this.lifecycle.create(inputs(news));
      return { id, outs: { ...state } };
    });
  }

  read(id: string, olds: Properties = {}): Promise<pulumi.dynamic.ReadResult<Properties>> {
    return spoken(`read of ${id}`, async () => {
      const held = await this.lifecycle.read(id, fromEngine(olds) as StoredState);
      // The engine takes an empty id for "gone".
      return held ? { id: held.id, props: { ...held.state } } : { id: "", props: {} };
    });
  }

  update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult<Properties>> {
    const step = async () => {
      const state = await this.lifecycle.update(id, fromEngine(olds) as StoredState, inputs(news));
      return { outs: { ...state } };
    };
    return spoken(`update of ${id}`, step, news.__provider);
  }

  delete(id: string, olds: Properties): Promise<void> {
    return spoken(`delete of ${id}`, () => this.lifecycle.delete(id, fromEngine(olds) as StoredState));
  }
}

function received({ resource, value, heldByOthers }: SentRegistration): Registration {
  return { resource, value, heldByOthers: JSON.parse(heldByOthers) as StateHolder[] };
}

function inputs(news: Properties): WorkspaceSecretInputs {
  return fromEngine(news) as unknown as WorkspaceSecretInputs;
}

/** Without the provider's text, and with what is unknown or null in the lifecycle's own terms. */
function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, property]) => property !== null && property !== undefined)
      .map(([key, property]) => [key, holdsUnknown(property) ? UNKNOWN : property]),
  );
}

function holdsUnknown(property: unknown): boolean {
  if (property === UNKNOWN_TEXT) return true;
  return typeof property === "object" && property !== null && Object.values(property).some(holdsUnknown);
}

/**
 * Runs a step so that what it throws can be shown. The engine shows an error's message with the resource, and for most
 * steps the provider process prints `${error}: ${error.stack}` too: both are cut down to a pointer to the message.
 */
async function spoken<T>(step: string, run: () => Promise<T>, providerText?: unknown): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const shown = new Error(error instanceof Error ? error.message : "unknown failure");
    shown.toString = () => `elevenlabs:WorkspaceSecret: ${step}`;
    shown.stack = "failed; the error is shown with its resource";
    if (!(error instanceof UnfinishedUpdate)) throw shown;
    // This form makes the engine take the state over all the same, and update again next time.
    const { id, state } = error.held;
    throw Object.assign(shown, { id, properties: { ...state, __provider: providerText }, reasons: [shown.message] });
  }
}
