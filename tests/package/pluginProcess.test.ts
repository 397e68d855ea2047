import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { version } from "../../package.json";

test("the plugin prints only its port, and ends when the engine is gone", async () => {
  // `cat` gives the plugin a pipe, as the engine does. Node.js would give it a socket.
  const child = spawn("sh", ["-c", "cat | dist/plugin/pulumi-resource-elevenlabs 127.0.0.1:1"]);
  const ended = once(child, "exit");
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const [port] = await once(child.stdout, "data");
  const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());

  const info = await new Promise<PluginInfo>((resolve, reject) => {
    client.getPluginInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer)));
  });
  client.close();
  // An engine that is killed closes its end of the pipe.
  child.stdin.end();

  expect(info.getVersion()).toBe(version);
  expect(await ended).toEqual([0, null]);
  expect([await out, await err]).toEqual([expect.stringMatching(/^\d+\n$/), ""]);
});

test("a call that the plugin doesn't support is unimplemented", async () => {
  const child = spawn("dist/plugin/pulumi-resource-elevenlabs", ["127.0.0.1:1"]);
  const ended = once(child, "exit");
  const [port] = await once(child.stdout, "data");
  const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());
  const unsupported = ["handshake", "parameterize", "call", "list", "attach", "getMapping", "getMappings"] as const;

  const codes = unsupported.map((method) => {
    const { path } = ResourceProviderService[method];
    return new Promise((resolve) => {
      const respond = (error: ServiceError | null) => resolve(error?.code);
      const empty = () => Buffer.alloc(0);
      client.makeUnaryRequest(path, empty, (response) => response, undefined, respond);
    });
  });

  expect(await Promise.all(codes)).toEqual(unsupported.map(() => status.UNIMPLEMENTED));
  client.close();
  child.kill();
  await ended;
});
