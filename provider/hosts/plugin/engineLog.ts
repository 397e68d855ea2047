import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";

/** Shows messages in the output of the engine at `address`. */
export class EngineLog {
  private readonly client: EngineClient;

  constructor(address: string) {
    // The engine runs on the same machine, but gRPC would call it through the proxy in `https_proxy`.
    this.client = new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  }

  /** Shows a warning with the resource of this URN, or with the stack if the URN is empty. */
  warn(message: string, urn: string): Promise<void> {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.WARNING);
    request.setMessage(message);
    request.setUrn(urn);
    return new Promise((resolve, reject) => {
      this.client.log(request, (error) => (error ? reject(error) : resolve()));
    });
  }
}
