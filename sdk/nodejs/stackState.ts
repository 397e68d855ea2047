import * as pulumi from "@pulumi/pulumi";
import { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { isSecretType } from "../../provider/hosts/typeTokens.js";
import { Journal } from "../../provider/ownership/journal.js";
import { markIn } from "../../provider/ownership/mark.js";
import type { StateHint } from "../../provider/ownership/registration.js";
import type { Holder } from "../../provider/ownership/store.js";
import { type StateResource, strangersIn } from "../../provider/ownership/strangers.js";
import { logicalNameOf } from "../../provider/pulumi/urn.js";
import { isValueKept, type StoredState } from "../../provider/secret/state.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { engineAddress } from "./inlineProgram.js";
import { perRun } from "./oncePerRun.js";

/**
 * Sends the providers a list of the secrets in the stack's state, as it was when this operation began. A provider receives
 * one resource at a time, and never the state. Runs once for each run of a program.
 */
export const shareState: () => Promise<StateHint> = perRun(async () => {
  const [organization, project, stack] = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  try {
    // A backend that an old version of Pulumi created identifies stacks only by their names.
    const resources = await readState(`${organization}/${project}/${stack}`).catch(() => readState(stack));
    const holders = Object.entries(resources).flatMap(([urn, resource]) => holderIn(urn, resource));
    let problem = "";
    const noteProblem = ({ folder, reason }: { folder: string; reason: string }) => {
      problem = `${folder}: ${reason}`;
    };
    const journal = new Journal(engineAddress(), noteProblem, true);
    journal.addStrangers(strangersIn(resources));
    const file = journal.hold(...holders);
    return file === undefined ? { problem } : { file };
  } catch (error) {
    return { problem: (error as { details?: string }).details ?? (error as Error).message };
  }
});

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

async function readState(stackName: string): Promise<Record<string, StateResource>> {
  const { outputs = {} } = await invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  return outputs as Record<string, StateResource>;
}

/** Calls the engine without `pulumi.runtime.invoke`, which prints the whole response if the engine runs with `--debug`. */
function invoke(token: string, args: Record<string, string>): Promise<Record<string, unknown>> {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  // These bytes are a request with empty arguments. Parsing them is a way to get the `Struct` class without depending on
  // google-protobuf.
  const Struct = ResourceInvokeRequest.deserializeBinary(new Uint8Array([0x12, 0])).getArgs()
    ?.constructor as unknown as StructClass;
  const request = new ResourceInvokeRequest();
  request.setTok(token);
  request.setArgs(Struct.fromJavaScript(args) as never);
  request.setAcceptresources(false);
  return new Promise((resolve, reject) => {
    monitor.invoke(request, (error, answer) => {
      if (error) return reject(error);
      const [failure] = answer.getFailuresList();
      if (failure) return reject(new Error(failure.getReason()));
      resolve(answer.getReturn()?.toJavaScript() ?? {});
    });
  });
}

interface StructClass {
  fromJavaScript(from: object): unknown;
}

interface Monitor {
  invoke(
    request: ResourceInvokeRequest,
    answered: (
      error: Error | null,
      answer: {
        getReturn(): { toJavaScript(): Record<string, unknown> } | undefined;
        getFailuresList(): { getReason(): string }[];
      },
    ) => void,
  ): void;
}
