import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { type RegisterResourceResponse, Result } from "@pulumi/pulumi/proto/resource_pb.js";
import { type PlannedSecret, plannedSecrets } from "../../../component/plannedSecrets.js";
import { type PlainValues, plainInConfig, secretsInConfig } from "../../../component/secretsInConfig.js";
import { plainValues } from "../../../component/wording.js";
import type { Action } from "../../../messages/problem.js";
import { Journal } from "../../../ownership/journal.js";
import { REGISTRATION_INPUT, type StateHint } from "../../../ownership/registration.js";
import {
  readStackResources,
  type StackResources,
  shareResources,
  stateProblemOf,
} from "../../../ownership/stackReader.js";
import type { StackConfig } from "../../../pulumi/stackConfig.js";
import { logicalNameOf, urnOf } from "../../../pulumi/urn.js";
import { refusePlainApiKeys } from "../../../workspaces/plainApiKeys.js";
import { COMPONENT_TYPE, DYNAMIC_TYPE, isSecretType, NATIVE_TYPE } from "../../typeTokens.js";
import { fromStruct, secret, toStruct, UNKNOWN_PROPERTY, type WireProperties } from "../properties.js";
import { type ComponentInputs, componentInputs } from "./inputs.js";
import { Monitor } from "./monitor.js";
import { componentRequest, secretRequest } from "./requests.js";
import { secretsUnknown } from "./wording.js";

/** The name of the package in the option `providers`. */
const PACKAGE = "elevenlabs";

export interface ComponentOptions {
  /** Shows a warning with the resource of this URN. */
  warn(message: string, urn: string): Promise<void>;
  journal?: Journal;
  /**
   * The version of the default provider that constructs the component. Its secrets have the same provider: otherwise, the engine
   * would start a second one.
   */
  version?: string | undefined;
}

/** The stack's state, as it was when the operation began. */
interface StackState {
  hint: StateHint;
  resources: StackResources;
}

/** Creates the component `WorkspaceSecrets` for programs in every language, with the same resources as the Node.js SDK. */
export class Components {
  private readonly monitors = new Map<string, { monitor: Monitor; state: Promise<StackState> }>();
  private readonly journal: Journal;

  constructor(private readonly options: ComponentOptions) {
    this.journal = options.journal ?? new Journal();
  }

  async construct(request: ConstructRequest): Promise<ConstructResponse> {
    const action: Action = { step: "declare WorkspaceSecrets", name: request.getName() };
    const config = configOf(request);
    // An explicit provider has its own key. The state encrypts the key in both cases.
    if (!request.getProvidersMap().has(PACKAGE)) refusePlainApiKeys(config, { isInState: false });
    const { secrets: given, ...inputs } = componentInputs(fromStruct(request.getInputs()), action);
    const secrets = given ?? this.secretsInConfig(config);
    if (typeof given === "object") for (const plain of plainInConfig(Object.values(given), config)) this.warn(plain);
    if (secrets === "unknown" && !request.getDryrun()) throw secretsUnknown({}, action);
    const { monitor, state } = this.monitorOf(request);
    const declared = await monitor.register(componentRequest(request));
    if (declared.getResult() !== Result.SUCCESS) throw secretsUnknown({}, action);
    const urn = declared.getUrn();
    const component: Component = { request, urn, urns: [urn, ...aliasesOf(request)], ...(await state) };
    // The engine skips what depends on a failed resource. Newer engines report that as a success with unknown outputs, and the
    // same for a new component that `--target` omits, which has no secrets yet.
    const isSkipped = declared.getUnknown() && !request.getDryrun();
    if (isSkipped && mayBeInState(component)) throw secretsUnknown({}, action);
    const values = secrets === "unknown" ? valuesInState(component) : secrets;
    const made = await Promise.all(
      plannedSecrets(request.getName(), Object.keys(values), inputs).map(async (planned) => {
        const registration = registrationOf(component, planned, inputs, values[planned.key] as string);
        const registered = await monitor.register(secretRequest({ ...registration, version: this.options.version }));
        return { name: planned.name, registered, id: idOf(registered) ?? idInState(component, registration) };
      }),
    );
    const secretIds =
      secrets === "unknown"
        ? UNKNOWN_PROPERTY
        : Object.fromEntries(made.flatMap(({ name, id }) => (id === undefined ? [] : [[name, id]])));
    await monitor.registerOutputs(urn, { secretIds });
    return responseOf(urn, { secretIds }, [
      ...made.map(({ registered }) => registered.getUrn()),
      ...dependenciesOf(request, "secrets"),
    ]);
  }

  private secretsInConfig(config: StackConfig): Record<string, string> {
    const { values, plain } = secretsInConfig("secrets", config);
    // The state contains no config, because only a dynamic provider copies it.
    if (plain) this.warn({ ...plain, isInState: false });
    return values;
  }

  private warn(plain: PlainValues): void {
    this.options.warn(plainValues(plain).text(), "").catch(() => undefined);
  }

  /** The monitor of this operation. The state is read once, even if the program has several components. */
  private monitorOf(request: ConstructRequest): { monitor: Monitor; state: Promise<StackState> } {
    const address = request.getMonitorendpoint();
    const known = this.monitors.get(address);
    if (known) return known;
    const monitor = new Monitor(address);
    const opened = { monitor, state: this.readState(monitor, request) };
    this.monitors.set(address, opened);
    return opened;
  }

  private async readState(monitor: Monitor, request: ConstructRequest): Promise<StackState> {
    const stack = {
      organization: request.getOrganization(),
      project: request.getProject(),
      stack: request.getStack(),
    };
    try {
      const resources = await readStackResources(monitor.client, stack);
      // If the journal isn't shared, this process still has the state.
      return { hint: shareResources(this.journal, resources) ?? {}, resources };
    } catch (error) {
      return { hint: stateProblemOf(error), resources: {} };
    }
  }
}

/** A registered component. */
interface Component extends StackState {
  request: ConstructRequest;
  urn: string;
  /** The URNs under which the state may have the component. Its own comes first. */
  urns: string[];
}

/** Whether the state has the component, or can't be read. */
function mayBeInState({ urns, resources, hint }: Component): boolean {
  return hint.problem !== undefined || urns.some((urn) => resources[urn] !== undefined);
}

function registrationOf(
  { request, urn, urns, hint }: Component,
  { logicalName, name, aliases }: PlannedSecret,
  { shared }: Pick<ComponentInputs, "shared">,
  text: string,
) {
  const value = text === UNKNOWN_PROPERTY ? text : secret(text);
  const state = { ...hint, urns: [...urns.flatMap((parent) => secretUrns(request, parent, logicalName)), ...aliases] };
  const sources = {
    name: "prefix",
    value: "secrets",
    ...Object.fromEntries(Object.keys(shared).map((it) => [it, it])),
  };
  return {
    name: logicalName,
    inputs: { ...shared, name, value, [REGISTRATION_INPUT]: { state } },
    aliases,
    parent: urn,
    dependencies: new Map(Object.entries(sources).map(([input, source]) => [input, dependenciesOf(request, source)])),
  };
}

/** The URNs of a secret below this URN of its component, which may have had another name before. */
function secretUrns(request: ConstructRequest, parent: string, logicalName: string): string[] {
  const { stack, project } = placeOf(request);
  const name = logicalNameOf(parent) + logicalName.slice(request.getName().length);
  return [NATIVE_TYPE, DYNAMIC_TYPE].map((type) => urnOf({ stack, project, parent, type, name }));
}

/** The URNs that the component had before, from the option `aliases`. */
function aliasesOf(request: ConstructRequest): string[] {
  const place = placeOf(request);
  return request.getAliasesList().map((alias) => {
    const spec = alias.getSpec();
    if (!spec) return alias.getUrn();
    return urnOf({
      stack: spec.getStack() || place.stack,
      project: spec.getProject() || place.project,
      parent: spec.getNoparent() ? undefined : spec.getParenturn() || request.getParent(),
      type: spec.getType() || COMPONENT_TYPE,
      name: spec.getName() || request.getName(),
    });
  });
}

/**
 * The secrets that the state has of this component, for a preview that doesn't know their keys yet. Without them, the preview
 * would show that all are deleted.
 */
function valuesInState({ urns, resources }: Component): Record<string, string> {
  const found = urns.flatMap((urn) => {
    const ids = Object.values((resources[urn]?.outputs?.secretIds ?? {}) as WireProperties);
    const isOwn = ([, { type, outputs }]: [string, StackResources[string]]) =>
      isSecretType(type) && ids.includes(outputs?.secretId);
    const skipped = `${logicalNameOf(urn)}-`.length;
    return Object.entries(resources)
      .filter(isOwn)
      .map(([secretUrn]) => logicalNameOf(secretUrn).slice(skipped));
  });
  return Object.fromEntries(found.map((key) => [key, UNKNOWN_PROPERTY]));
}

/** Undefined if the registration failed: the engine reports the reason. */
function idOf(registered: RegisterResourceResponse): unknown {
  if (registered.getResult() !== Result.SUCCESS) return undefined;
  return fromStruct(registered.getObject()).secretId ?? UNKNOWN_PROPERTY;
}

/**
 * The id that the state has. After a failed update, the secret still exists: if its id were missing, a resource that uses the id
 * would lose its input.
 */
function idInState({ resources }: Component, { inputs }: ReturnType<typeof registrationOf>): unknown {
  const { urns } = inputs[REGISTRATION_INPUT].state;
  return urns.map((urn) => resources[urn]?.outputs?.secretId).find((id) => id !== undefined);
}

function responseOf(urn: string, outputs: { secretIds: unknown }, dependencies: string[]): ConstructResponse {
  const response = new ConstructResponse();
  response.setUrn(urn);
  response.setState(toStruct(outputs));
  const ofSecretIds = new ConstructResponse.PropertyDependencies();
  ofSecretIds.setUrnsList([...new Set(dependencies.filter(Boolean))]);
  response.getStatedependenciesMap().set("secretIds", ofSecretIds);
  return response;
}

function dependenciesOf(request: ConstructRequest, input: string): string[] {
  return request.getInputdependenciesMap().get(input)?.getUrnsList() ?? [];
}

function placeOf(request: ConstructRequest): { stack: string; project: string } {
  return { stack: request.getStack(), project: request.getProject() };
}

function configOf(request: ConstructRequest): StackConfig {
  const config = request.getConfigMap();
  const secretKeys = new Set(request.getConfigsecretkeysList());
  return {
    project: request.getProject(),
    keys: () => [...config.keys()],
    get: (fullKey) => config.get(fullKey),
    isSecret: (fullKey) => secretKeys.has(fullKey),
    // Only a program in Node.js reads the stack's file: the plugin has no parser for it.
    sourceOf: () => undefined,
  };
}
