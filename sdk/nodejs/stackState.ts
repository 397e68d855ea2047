import * as pulumi from "@pulumi/pulumi";
import { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { TYPE_TOKEN } from "../../provider/hosts/dynamic/storedFormats.js";
import type { StateHolder } from "../../provider/secret/registration.js";
import { perRun } from "./perRun.js";

/** What each `WorkspaceSecret` of the stack's state holds, by URN. The provider sees one resource at a time, and never the state. */
export type HoldersByUrn = Map<string, StateHolder>;

/** As the state was when this operation began; read once for each run of a program. */
export const holdersOfState: () => Promise<HoldersByUrn> = perRun(readHolders);

async function readHolders(): Promise<HoldersByUrn> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  try {
    const { outputs = {} } = await invoke("pulumi:pulumi:readStackResourceOutputs", { stackName: name });
    const secrets = Object.entries(outputs as Record<string, StateResource>).filter(
      ([, { type }]) => type === TYPE_TOKEN,
    );
    return new Map(secrets.flatMap(([urn, { outputs }]) => holderOf(urn, outputs ?? {})));
  } catch (error) {
    const reason = (error as { details?: string }).details ?? (error as Error).message;
    pulumi.log.warn(
      `The state of stack ${name} could not be read: ${reason}. So a secret that another resource of it holds may be taken over; those of this program are still safe where they are part of this update.`,
    );
    return new Map();
  }
}

interface StateResource {
  type: string;
  outputs?: Record<string, unknown>;
}

function holderOf(
  urn: string,
  { secretId, name, workspace = "default" }: Record<string, unknown>,
): [string, StateHolder][] {
  // A state from before these outputs existed.
  if (typeof secretId !== "string" || typeof name !== "string" || typeof workspace !== "string") return [];
  return [[urn, { resource: logicalNameOf(urn), id: secretId, name, workspace }]];
}

function logicalNameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Not by `pulumi.runtime.invoke`, which prints the whole answer where the engine runs with `--debug`. */
function invoke(token: string, args: Record<string, string>): Promise<Record<string, unknown>> {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  // An empty field of arguments gives the class of Struct, without a dependency on its package.
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
