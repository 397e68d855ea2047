import type { ServiceError } from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { REGISTRATION_INPUT } from "../../provider/hosts/dynamic/registrationInput";
import { PluginHost, type PluginOptions } from "../../provider/hosts/plugin/pluginHost";
import { fromStruct, plain, toStruct } from "../../provider/hosts/plugin/properties";
import { connectTo, storedIn, urnOf } from "../support/pluginClient";
import { kindIn } from "../support/problems";
import { inputsOf, UNEXPECTED_ERROR } from "./driver";
import { CheckFailed, FailedButStored, type ModelHost, type ProviderProcess, type StateResource } from "./modelEngine";

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
      const { call, close } = await connectTo(host, config);
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
            throw unfinished(error as ServiceError) ?? error;
          }
        },
        async delete(resource) {
          const request = withResource(new messages.DeleteRequest(), resource);
          request.setProperties(toStruct(resource.outputs));
          await call("delete", request);
        },
        close,
      };
    },
  };
}

function withResource<
  Request extends { setUrn(urn: string): void; setId(id: string): void; setOldInputs(olds: never): void },
>(request: Request, { logical, id, inputs }: StateResource): Request {
  request.setUrn(urnOf(logical));
  request.setId(id);
  request.setOldInputs(toStruct(inputs) as never);
  return request;
}

/** The failure of an update that the engine is to store anyway. */
function unfinished(error: ServiceError): FailedButStored | undefined {
  const failure = storedIn(error);
  if (!failure) return undefined;
  const cause = Object.assign(new Error(), { details: failure.getReasonsList().join("\n") });
  return new FailedButStored(cause, { id: failure.getId(), outputs: fromStruct(failure.getProperties()) });
}
