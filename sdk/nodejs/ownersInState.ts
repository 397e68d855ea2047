import * as pulumi from "@pulumi/pulumi";
import { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { isSecretType } from "../../provider/hosts/typeTokens.js";
import { warningText } from "../../provider/messages/problem.js";
import { DEFAULT_WORKSPACE } from "../../provider/pulumi/configPath.js";
import type { StackOwner } from "../../provider/secret/registration.js";
import { perRun } from "./perRun.js";

/** Each `WorkspaceSecret` of the stack's state, by URN. */
export type OwnersByUrn = Map<string, StackOwner & { type: string }>;

/**
 * The owners in the state as it was when this operation began, read once for each run of a program. The provider can't find
 * them: it is given one resource at a time, and never the state.
 */
export const ownersInState: () => Promise<OwnersByUrn> = perRun(readOwners);

async function readOwners(): Promise<OwnersByUrn> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  try {
    const { outputs = {} } = await invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: stack });
    const secrets = Object.entries(outputs as Record<string, StateResource>).filter(([, { type }]) =>
      isSecretType(type),
    );
    return new Map(secrets.flatMap(([urn, { type, outputs }]) => ownerEntry({ urn, type }, outputs ?? {})));
  } catch (error) {
    const reason = (error as { details?: string }).details ?? (error as Error).message;
    pulumi.log.warn(warningText("state-unreadable", { stack, reason }));
    return new Map();
  }
}

interface StateResource {
  type: string;
  outputs?: Record<string, unknown>;
}

function ownerEntry(
  { urn, type }: { urn: string; type: string },
  { secretId, name, workspace = DEFAULT_WORKSPACE }: Record<string, unknown>,
): [string, StackOwner & { type: string }][] {
  // A state of the first version lacks these outputs.
  if (typeof secretId !== "string" || typeof name !== "string" || typeof workspace !== "string") return [];
  return [[urn, { resource: logicalNameOf(urn), type, id: secretId, name, workspace }]];
}

function logicalNameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Calls the engine without `pulumi.runtime.invoke`, which prints the whole answer if the engine runs with `--debug`. */
function invoke(token: string, args: Record<string, string>): Promise<Record<string, unknown>> {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  // These bytes are a request with empty arguments. Parsing them gives the class `Struct` without its package as a dependency.
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
