import { AsyncLocalStorage } from "node:async_hooks";
import type { Action, CheckFailure, Message } from "../../messages/problem.js";
import { importedWithoutValue, ownedByOther } from "../../messages/secret.js";
import type { Journal } from "../../ownership/journal.js";
import { newMark } from "../../ownership/mark.js";
import { ownedFacts } from "../../ownership/ownership.js";
import { REGISTRATION_INPUT, type Registration } from "../../ownership/registration.js";
import { DEFAULT_PROVIDER, logicalNameOf, withType } from "../../pulumi/urn.js";
import { findToImport } from "../../secret/import.js";
import { INPUTS, inputNames, type WorkspaceSecretInputs } from "../../secret/inputs.js";
import { type Resource, WorkspaceSecretLifecycle } from "../../secret/lifecycle.js";
import { keptInputs, type StoredState, workspaceOf } from "../../secret/state.js";
import { trackingByInput } from "../../secret/valueTracking.js";
import { Workspaces } from "../../workspaces/workspaces.js";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../typeTokens.js";
import { configReader, hasOtherRoute } from "./config.js";
import { isSecret, type Properties, plain, secret, UNKNOWN_PROPERTY, type WireProperties } from "./properties.js";

/** A resource in a call from the engine. */
export interface EngineResource {
  urn: string;
  id: string;
  /** Its outputs in the state. */
  outputs: WireProperties;
  /** Its inputs of the last update. */
  inputs: WireProperties;
}

export interface PropertyChange {
  input: string;
  kind: "add" | "delete" | "update";
  replaces: boolean;
}

/** The result of `read`. */
export interface ReadResult {
  id: string;
  outputs: WireProperties;
  inputs: WireProperties;
}

export interface PluginOptions {
  env: Record<string, string | undefined>;
  /** Shows a warning with its resource. */
  warn(message: string, urn: string): Promise<void>;
  /** Shares with the other provider processes of this operation which secrets this process owns. Default: nothing is shared. */
  journal?: Journal;
}

/** The inputs that the state keeps, so that they needn't also be outputs. */
const KEPT_INPUTS = new Set<string>(inputNames(({ inState }) => inState === "given" || inState === "unless-default"));
/** Outputs of a dynamic provider's state, which an update by this host drops. */
const DYNAMIC_OUTPUTS = new Set(["__provider", "valueDigest", "triggersDigest"]);

/** Runs the lifecycle as a native plugin. It handles the engine's calls, but not the protocol that carries them. */
export class PluginHost {
  private config: Properties = {};
  /**
   * The engine checks config and inputs only if the program runs. Otherwise, both are from the last update. With `up --refresh`,
   * the config may be checked in a different process, so a check of inputs also sets this.
   */
  private isConfigCurrent = false;
  /** Resources whose inputs the engine has checked. From then on, the engine passes the program's inputs. */
  private readonly checked = new Set<string>();
  private readonly cancellation = new AbortController();
  private readonly currentUrn = new AsyncLocalStorage<string>();
  /** Cancels the engine's current call, even if the call has sent a write. */
  private readonly currentSignal = new AsyncLocalStorage<AbortSignal>();
  /** Resources that this operation imports. The next update stores the value and the policies that the program gives them. */
  private readonly imported = new Map<string, { name: string; id: string }>();
  /** True if the key or the URL has changed since the last update, for example because a resource now uses another provider. */
  private hasRouteChanged = false;
  private provider = DEFAULT_PROVIDER;
  private workspaces: Workspaces;
  private readonly lifecycle: WorkspaceSecretLifecycle;

  constructor(readonly options: PluginOptions) {
    this.workspaces = this.openWorkspaces();
    this.lifecycle = new WorkspaceSecretLifecycle({
      workspaces: { get: (name) => this.workspaces.get(name) },
      valueTracking: trackingByInput,
      isConfigCurrent: () => this.isConfigCurrent,
      areInputsCurrent: (urn = "") => this.checked.has(urn),
      hasRouteChanged: () => this.hasRouteChanged,
      ...(options.journal ? { journal: options.journal } : {}),
      warn: (warning) => this.warn(warning),
    });
  }

  configChecked(): void {
    this.isConfigCurrent = true;
  }

  /** The engine calls this with the config of the last update. If a resource has a new provider, `olds` is the old provider's config. */
  configCompared(olds: WireProperties, news: WireProperties): void {
    if (hasOtherRoute(olds, news)) this.hasRouteChanged = true;
  }

  /** `provider` is the name of the provider object. */
  configure(config: WireProperties, provider: string): void {
    this.config = plain(config);
    this.provider = provider;
    this.workspaces = this.openWorkspaces();
  }

  /** The version that the program requested for this provider. Undefined if it accepts any. */
  get requestedVersion(): string | undefined {
    const { version } = this.config;
    return typeof version === "string" ? version : undefined;
  }

  /** Cancels all pauses and requests, except writes that were already sent: the engine stores their results. */
  cancel(): void {
    this.cancellation.abort();
  }

  /** Runs one call from the engine. `signal` cancels its requests and pauses. */
  during<T>(signal: AbortSignal, call: () => T): T {
    return this.currentSignal.run(signal, call);
  }

  async check(
    urn: string,
    { olds, news: { [REGISTRATION_INPUT]: sent, ...given } }: { olds: WireProperties; news: WireProperties },
  ): Promise<{ inputs: WireProperties; failures: CheckFailure[] }> {
    const news = withName(urn, given);
    this.isConfigCurrent = true;
    this.checked.add(urn);
    const imported = this.imported.get(urn);
    // The engine also reads a resource for a `get`, but then it doesn't check the inputs.
    if (imported) await this.withWarningsOf(urn, () => this.warn(importedWithoutValue(imported)));
    const oldInputs = withoutProvider(plain(olds));
    const newInputs = plain(news);
    // After an import, the state has no value, and the engine checks the inputs that `read` has returned.
    const isImported = Object.keys(oldInputs).length > 0 && oldInputs.value === undefined;
    const failures = this.lifecycle
      .check(newInputs, oldInputs, registrationOf(urn, newInputs, sent))
      .filter(({ property, kind }) => !(isImported && property === "value" && kind === "input-missing"));
    return { inputs: withSecrets(news), failures };
  }

  diff(resource: EngineResource, news: WireProperties): { changes: PropertyChange[]; hasChanges: boolean } {
    return this.withWarningsOf(resource.urn, () => {
      // The engine may compare inputs that it hasn't checked, such as in a refresh with `--run-program`.
      const inputs = plain(withName(resource.urn, news)) as unknown as WorkspaceSecretInputs;
      const { hasChanges, changed, replacing } = this.lifecycle.diff(toResource(resource), inputs);
      const olds = withoutProvider(plain(resource.inputs));
      const isImported = this.imported.has(resource.urn);
      // The engine refuses an import if inputs differ. Only name and workspace must match: the next update applies the others.
      const shown = isImported ? changed.filter((name) => ["name", "workspace"].includes(name)) : changed;
      const changes = shown.map((input) => ({
        input,
        kind: changeKind(olds[input], (inputs as unknown as Properties)[input]),
        replaces: replacing.includes(input),
      }));
      return { changes, hasChanges: isImported ? changes.length > 0 : hasChanges };
    });
  }

  /** The outputs of a new secret that a preview already knows. */
  previewCreate(news: WireProperties): WireProperties {
    const { name, workspace } = plain(news);
    return {
      secretId: UNKNOWN_PROPERTY,
      name: known(name),
      workspace: known(workspace ?? workspaceOf({})),
      endpoint: typeof workspace === "symbol" ? UNKNOWN_PROPERTY : this.endpointOf(workspaceOf({ workspace })),
    };
  }

  create(urn: string, news: WireProperties): Promise<{ id: string; outputs: WireProperties }> {
    return this.withWarningsOf(urn, async () => {
      const { id, state } = await this.lifecycle.create(inputsOf(news), { urn });
      return { id, outputs: outputsOf(state) };
    });
  }

  /** Undefined if the secret is gone. */
  read(resource: EngineResource): Promise<ReadResult | undefined> {
    return this.withWarningsOf(resource.urn, async () => {
      // For a `get`, the engine passes the arguments as outputs and as inputs: at most a workspace and the SDK's registration.
      const isInState = [resource.outputs, resource.inputs].some(
        ({ secretId, name }) => secretId !== undefined || name !== undefined,
      );
      if (!isInState) return this.readNew(resource);
      const stored = await this.lifecycle.read(toResource(resource));
      if (!stored) return undefined;
      const inputs = { ...resource.inputs };
      return { id: stored.id, outputs: outputsOf(stored.state), inputs: withSecrets(inputs) };
    });
  }

  /** The outputs of an updated secret that a preview already knows. */
  previewUpdate({ outputs }: EngineResource, news: WireProperties): WireProperties {
    const { name } = plain(news);
    return { ...outputsOf(plain(outputs) as StoredState), name: known(name) };
  }

  update(resource: EngineResource, news: WireProperties): Promise<WireProperties> {
    return this.withWarningsOf(resource.urn, async () => {
      return outputsOf(await this.lifecycle.update(toResource(resource), inputsOf(news)));
    });
  }

  delete(resource: EngineResource): Promise<void> {
    return this.withWarningsOf(resource.urn, () => this.lifecycle.delete(toResource(resource)));
  }

  /** The workspaces, for the functions. */
  get functionsWorkspaces(): Workspaces {
    return this.workspaces;
  }

  /** Reads a resource that isn't in the state yet, for an import or a `get`. */
  private async readNew({ urn, id, outputs }: EngineResource): Promise<ReadResult> {
    const { workspace: given } = plain(outputs);
    const { secret: found, workspace } = await findToImport(
      this.workspaces,
      id,
      typeof given === "string" ? given : undefined,
    );
    const { id: secretId, name } = found;
    const mark = newMark();
    // The engine compares ids of imports as strings. If the old entry has a different id, the engine deletes that entry.
    const entry = { id: secretId, mark, resource: logicalNameOf(urn), urn };
    const isLookUp = Object.keys(outputs).length > 0;
    // In some languages, a `get` looks like an import. After an import, the engine calls `diff`, which records that it owns the secret.
    this.lifecycle.ownership.lookUp(entry);
    const action: Action = { step: "import secret", name: id, workspace: workspace.name };
    const stranger = isLookUp ? undefined : this.lifecycle.ownership.stranger(undefined, found);
    if (stranger) throw ownedByOther(ownedFacts(stranger, undefined), action);
    const state = { secretId, name, workspace: workspace.name, endpoint: workspace.endpoint };
    const inputs = { name, ...(workspace.name === workspaceOf({}) ? {} : { workspace: workspace.name }) };
    if (isLookUp) return { id: secretId, outputs: { ...state, lookedUp: true }, inputs };
    this.imported.set(urn, { name, id: secretId });
    const isTheirs = { valueUnknown: true, valueKept: true };
    return { id: secretId, outputs: { ...state, mark: workspace.account.mark(mark), ...isTheirs }, inputs };
  }

  private endpointOf(workspace: string): string {
    return this.workspaces.get(workspace).endpoint;
  }

  private withWarningsOf<T>(urn: string, step: () => T): T {
    return this.currentUrn.run(urn, step);
  }

  private async warn(warning: Message): Promise<void> {
    await this.options.warn(warning.text(), this.currentUrn.getStore() ?? "");
  }

  private currentSignals(): AbortSignal[] {
    const current = this.currentSignal.getStore();
    return current ? [current] : [];
  }

  private openWorkspaces(): Workspaces {
    return new Workspaces(configReader(this.config), this.options.env, {
      provider: this.provider,
      signal: () => AbortSignal.any([this.cancellation.signal, ...this.currentSignals()]),
      writeSignal: () => AbortSignal.any(this.currentSignals()),
    });
  }
}

function toResource({ urn, id, outputs, inputs }: EngineResource): Resource {
  const olds = withoutProvider(plain(inputs));
  return { urn, id, inputs: olds, state: stateIn(plain(outputs), olds) };
}

/** The lifecycle's state: the outputs, and the inputs that a dynamic provider's state repeats. */
function stateIn(outputs: Properties, inputs: Properties): StoredState {
  const own = Object.fromEntries(Object.entries(outputs).filter(([name]) => !DYNAMIC_OUTPUTS.has(name)));
  const isDynamic = outputs.__provider !== undefined;
  // In a dynamic provider's state, a missing digest shows that it isn't known which value the workspace has.
  const isUnknown = isDynamic ? outputs.valueDigest === undefined : outputs.valueUnknown === true;
  return {
    ...keptInputs(inputs as Partial<WorkspaceSecretInputs>),
    ...own,
    ...(isUnknown ? { valueUnknown: true } : {}),
  } as StoredState;
}

/** Returns the outputs for the state, without the properties that repeat inputs. */
export function outputsOf(state: StoredState): WireProperties {
  const isOwn = ([name]: [string, unknown]) => !KEPT_INPUTS.has(name) && !DYNAMIC_OUTPUTS.has(name);
  return Object.fromEntries(Object.entries(state).filter(isOwn));
}

function withoutProvider({ __provider: _, ...inputs }: Properties): Properties {
  return inputs;
}

/** The inputs with the logical name as the default of `name`, as in the Node.js SDK. */
function withName(urn: string, inputs: WireProperties): WireProperties {
  return { ...inputs, name: inputs.name ?? logicalNameOf(urn) };
}

/** The inputs for the state. An input that is always secret is marked as secret, even if the program didn't mark it. */
function withSecrets({ __provider: _, ...inputs }: WireProperties): WireProperties {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => {
      const isAlwaysSecret = (INPUTS as Record<string, { isSecret?: true } | undefined>)[name]?.isSecret === true;
      return [name, isAlwaysSecret && given !== undefined ? secret(given) : given];
    }),
  );
}

function registrationOf(urn: string, inputs: Properties, sent: unknown): Registration {
  const given = (isSecret(sent) ? sent.value : sent) ?? {};
  const { state } = plain(given as WireProperties) as Partial<Registration>;
  return {
    registrationId: urn,
    name: logicalNameOf(urn),
    type: NATIVE_TYPE,
    // The plugin always marks the value as a secret, so a transformation may set it.
    value: inputs.value,
    state: { ...state, urns: [urn, withType(urn, DYNAMIC_TYPE), ...(state?.urns ?? [])] },
  };
}

function inputsOf(news: WireProperties): WorkspaceSecretInputs {
  return plain(news) as unknown as WorkspaceSecretInputs;
}

function changeKind(before: unknown, now: unknown): PropertyChange["kind"] {
  if (before === undefined) return "add";
  return now === undefined ? "delete" : "update";
}

function known(property: unknown): unknown {
  return typeof property === "symbol" ? UNKNOWN_PROPERTY : property;
}
