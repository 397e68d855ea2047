import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";

/** Shows messages in the output of the engine at `address`. */
export class EngineLog {
  private readonly client: EngineClient;

  constructor(address: string) {
    // The engine is on this machine. Otherwise gRPC would call it through the proxy of `https_proxy`.
    this.client = new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  }

  /** Shown with the resource of this URN; without one, with the stack. */
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
