import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { REGISTRATION_INPUT } from "../../provider/hosts/dynamic/registrationInput";
import { PluginHost, type PluginOptions } from "../../provider/hosts/plugin/pluginHost";
import { serve } from "../../provider/hosts/plugin/pluginServer";
import { fromStruct, plain, toStruct } from "../../provider/hosts/plugin/properties";
import { NATIVE_TYPE } from "../../provider/hosts/typeTokens";
import { kindIn } from "../support/problems";
import { inputsOf, UNEXPECTED_ERROR } from "./driver";
import { CheckFailed, FailedButStored, type ModelHost, type ProviderProcess, type StateResource } from "./modelEngine";

type Method = "checkConfig" | "configure" | "check" | "diff" | "create" | "read" | "update" | "delete";

/** The plugin over its protocol, in this process. */
export function pluginHost(
  make: (options: PluginOptions) => PluginHost = (options) => new PluginHost(options),
): ModelHost {
  return {
    claimOf({ inputs, outputs }) {
      const { value } = plain(inputs) as { value?: string };
      return outputs.valueUnknown === true ? undefined : value;
    },
    reported(error) {
      const text = error instanceof CheckFailed ? error.message : (error as ServiceError).details;
      const kind = kindIn(text ?? "");
      return { kind, text: kind === undefined ? `${UNEXPECTED_ERROR}: ${text ?? error}` : text };
    },
    async start(config, report): Promise<ProviderProcess> {
      const host = make({
        env: {},
        warn: async (text) => report({ severity: "warning", kind: kindIn(text), text }),
      });
      const server = await serve(host);
      const client = new ResourceProviderClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
      const call = callOf(client);
      const request = new messages.ConfigureRequest();
      request.setArgs(toStruct(config));
      request.setAcceptsecrets(true);
      await call("configure", request);
      return {
        async check(resource, olds, ownedByOthers) {
          const request = new messages.CheckRequest();
          request.setUrn(urnOf(resource.logical));
          if (olds) request.setOlds(toStruct(olds));
          const registration = { ownedByOthers: JSON.stringify(ownedByOthers) };
          request.setNews(toStruct({ ...inputsOf(resource), [REGISTRATION_INPUT]: registration }));
          const response = await call<messages.CheckResponse>("check", request);
          const [failure] = response.getFailuresList();
          if (failure) throw new CheckFailed(`${resource.logical}: ${failure.getProperty()} ${failure.getReason()}`);
          return fromStruct(response.getInputs());
        },
        async diff(old, inputs) {
          const request = withResource(new messages.DiffRequest(), old);
          request.setOlds(toStruct(old.outputs));
          request.setNews(toStruct(inputs));
          const response = await call<messages.DiffResponse>("diff", request);
          const hasChanges = response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME;
          return { hasChanges, replaces: response.getReplacesList().length > 0 };
        },
        async create(logical, inputs) {
          const request = new messages.CreateRequest();
          request.setUrn(urnOf(logical));
          request.setProperties(toStruct(inputs));
          const response = await call<messages.CreateResponse>("create", request);
          return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
        },
        async read(resource) {
          const request = new messages.ReadRequest();
          request.setUrn(urnOf(resource.logical));
          request.setId(resource.id);
          request.setProperties(toStruct(resource.outputs));
          request.setInputs(toStruct(resource.inputs));
          const response = await call<messages.ReadResponse>("read", request);
          if (response.getId() === "") return undefined;
          return {
            id: response.getId(),
            outputs: fromStruct(response.getProperties()),
            inputs: fromStruct(response.getInputs()),
          };
        },
        async update(old, inputs) {
          const request = withResource(new messages.UpdateRequest(), old);
          request.setOlds(toStruct(old.outputs));
          request.setNews(toStruct(inputs));
          try {
            const response = await call<messages.UpdateResponse>("update", request);
            return { outputs: fromStruct(response.getProperties()) };
          } catch (error) {
            throw storedIn(error as ServiceError) ?? error;
          }
        },
        async delete(resource) {
          const request = withResource(new messages.DeleteRequest(), resource);
          request.setProperties(toStruct(resource.outputs));
          await call("delete", request);
        },
        close() {
          client.close();
          server.close();
        },
      };
    },
  };
}

function callOf(client: ResourceProviderClient) {
  return <Response>(method: Method, request: unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, response: unknown) =>
        error ? reject(error) : resolve(response as Response);
      (client[method] as (request: unknown, answered: unknown) => void).call(client, request, answered);
    });
}

function withResource<
  Request extends { setUrn(urn: string): void; setId(id: string): void; setOldInputs(olds: never): void },
>(request: Request, { logical, id, inputs }: StateResource): Request {
  request.setUrn(urnOf(logical));
  request.setId(id);
  request.setOldInputs(toStruct(inputs) as never);
  return request;
}

/** What the engine is to store in spite of this error. */
function storedIn(error: ServiceError): FailedButStored | undefined {
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return undefined;
  const [detail] = Status.deserializeBinary(packed as Buffer).getDetailsList();
  const failure = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  const cause = Object.assign(new Error(), { details: failure.getReasonsList().join("\n") });
  return new FailedButStored(cause, { id: failure.getId(), outputs: fromStruct(failure.getProperties()) });
}

function urnOf(logical: string): string {
  return `urn:pulumi:test::test::${NATIVE_TYPE}::${logical}`;
}
