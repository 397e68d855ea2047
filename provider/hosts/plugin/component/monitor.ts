import { credentials } from "@grpc/grpc-js";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import {
  RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { toStruct, type WireProperties } from "../properties.js";

/** The engine's service that registers resources. */
export class Monitor {
  readonly client: ResourceMonitorClient;

  constructor(address: string) {
    this.client = new ResourceMonitorClient(address, credentials.createInsecure(), {
      // The engine runs on the same machine, but gRPC would call it through the proxy in `https_proxy`.
      "grpc.enable_http_proxy": 0,
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
  }

  register(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
    return new Promise((resolve, reject) => {
      this.client.registerResource(request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  registerOutputs(urn: string, outputs: WireProperties): Promise<void> {
    const request = new RegisterResourceOutputsRequest();
    request.setUrn(urn);
    request.setOutputs(toStruct(outputs));
    return new Promise((resolve, reject) => {
      this.client.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
    });
  }
}
