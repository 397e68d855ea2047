import { type ClientUnaryCall, credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { ConfigureRequest, ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import type { PluginHost } from "../../provider/hosts/plugin/host";
import { toStruct } from "../../provider/hosts/plugin/properties";
import { serve } from "../../provider/hosts/plugin/server";
import { NATIVE_TYPE } from "../../provider/hosts/typeTokens";

type Method =
  | "checkConfig"
  | "diffConfig"
  | "configure"
  | "check"
  | "diff"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "invoke"
  | "construct"
  | "getSchema";

export interface PluginClient {
  /** Calls the plugin as the engine does. `started` receives the call, which can be cancelled. */
  call<Response>(method: Method, request: unknown, started?: (call: ClientUnaryCall) => void): Promise<Response>;
  close(): void;
}

/** Connects to the plugin on a loopback socket, with this config. */
export async function connectTo(host: PluginHost, config: Record<string, string>): Promise<PluginClient> {
  const server = await serve(host);
  const client = new ResourceProviderClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const connected: PluginClient = {
    call: (method, request, started = () => {}) =>
      new Promise((resolve, reject) => {
        const answered = (error: ServiceError | null, response: unknown) =>
          error ? reject(error) : resolve(response as never);
        const send = client[method] as (request: unknown, answered: unknown) => ClientUnaryCall;
        started(send.call(client, request, answered));
      }),
    close() {
      client.close();
      server.close();
    },
  };
  const request = new ConfigureRequest();
  request.setArgs(toStruct(config));
  request.setAcceptsecrets(true);
  await connected.call("configure", request);
  return connected;
}

export function urnOf(logicalName: string): string {
  return `urn:pulumi:test::test::${NATIVE_TYPE}::${logicalName}`;
}

/** The state that the engine has to store despite this error. */
export function storedIn({ metadata }: ServiceError): ErrorResourceInitFailed | undefined {
  const [packed] = metadata.get("grpc-status-details-bin");
  if (packed === undefined) return undefined;
  const [detail] = Status.deserializeBinary(packed as Buffer).getDetailsList();
  return ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
}
