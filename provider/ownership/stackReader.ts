import { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { isSecretType } from "../hosts/typeTokens.js";
import { logicalNameOf } from "../pulumi/urn.js";
import { isValueKept, type StoredState } from "../secret/state.js";
import { DEFAULT_WORKSPACE } from "../workspaces/names.js";
import type { Journal } from "./journal.js";
import { markIn } from "./mark.js";
import type { StateHint } from "./registration.js";
import type { Holder } from "./store.js";
import { type StateResource, strangersIn } from "./strangers.js";

/** The resources of a stack's state, by their URNs. */
export type StackResources = Record<string, StateResource>;

/** The engine's monitor, with the one method that reads a state. */
export interface StateMonitor {
  invoke(
    request: ResourceInvokeRequest,
    callback: (
      error: Error | null,
      response: {
        getReturn(): { toJavaScript(): Record<string, unknown> } | undefined;
        getFailuresList(): { getReason(): string }[];
      },
    ) => void,
  ): void;
}

/** Reads the stack's state from the engine, as it was when this operation began. */
export function readStackResources(
  monitor: StateMonitor,
  { organization, project, stack }: { organization: string; project: string; stack: string },
): Promise<StackResources> {
  // A backend that an old version of Pulumi created identifies stacks only by their names.
  return read(monitor, `${organization}/${project}/${stack}`).catch(() => read(monitor, stack));
}

/** Records the secrets of the state in the journal, and returns where a provider finds them. */
export function shareResources(journal: Journal, resources: StackResources): Pick<StateHint, "file"> | undefined {
  journal.addStrangers(strangersIn(resources));
  const file = journal.hold(...Object.entries(resources).flatMap(([urn, resource]) => holderIn(urn, resource)));
  return file === undefined ? undefined : { file };
}

export function stateProblemOf(error: unknown): Pick<StateHint, "problem"> {
  return { problem: (error as { details?: string }).details ?? (error as Error).message };
}

function holderIn(urn: string, { type, outputs = {} }: StateResource): Holder[] {
  const { secretId: id, name, requestedName, workspace = DEFAULT_WORKSPACE, endpoint, mark } = outputs as StoredState;
  // A state of the first version lacks these outputs.
  if (!isSecretType(type) || id === undefined || name === undefined) return [];
  if ((outputs as StoredState).lookedUp) return [];
  const stored = { type, name, requestedName, workspace, endpoint, mark, isValueKept: isValueKept(outputs) };
  return [
    { id, mark: mark === undefined ? urn : markIn(mark), resource: logicalNameOf(urn), urn, since: "state", stored },
  ];
}

async function read(monitor: StateMonitor, stackName: string): Promise<StackResources> {
  const { outputs = {} } = await invoke(monitor, "pulumi:pulumi:readStackResourceOutputs", { stackName });
  return outputs as StackResources;
}

function invoke(monitor: StateMonitor, token: string, args: Record<string, string>): Promise<Record<string, unknown>> {
  // These bytes are a request with empty arguments. Parsing them is a way to get the `Struct` class without depending on
  // google-protobuf, which the SDK's package doesn't have.
  const Struct = ResourceInvokeRequest.deserializeBinary(new Uint8Array([0x12, 0])).getArgs()
    ?.constructor as unknown as StructClass;
  const request = new ResourceInvokeRequest();
  request.setTok(token);
  request.setArgs(Struct.fromJavaScript(args) as never);
  request.setAcceptresources(false);
  return new Promise((resolve, reject) => {
    monitor.invoke(request, (error, response) => {
      if (error) return reject(error);
      const [failure] = response.getFailuresList();
      if (failure) return reject(new Error(failure.getReason()));
      resolve(response.getReturn()?.toJavaScript() ?? {});
    });
  });
}

interface StructClass {
  fromJavaScript(from: object): unknown;
}
