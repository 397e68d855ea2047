import type { ServiceError } from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { PluginHost, type PluginOptions } from "../../provider/hosts/plugin/host";
import { fromStruct, plain, toStruct, UNKNOWN_PROPERTY } from "../../provider/hosts/plugin/properties";
import { NATIVE_TYPE } from "../../provider/hosts/typeTokens";
import { REGISTRATION_INPUT } from "../../provider/ownership/registration";
import { connectTo, type PluginClient, storedIn, urnOf } from "../support/pluginClient";
import { kindIn } from "../support/problems";
import { UNEXPECTED_ERROR } from "./driver";
import {
  CheckFailed,
  FailedButStored,
  givenInputs,
  type ModelHost,
  type ProviderName,
  type ProviderProcess,
  type Start,
  type StateResource,
} from "./modelEngine";

export type MakePlugin = (options: PluginOptions) => PluginHost;

/** The plugin over its protocol, in this process. Each provider object has its own plugin, and the plugins share their journal. */
export function pluginHost(make: MakePlugin = (options) => new PluginHost(options)): ModelHost {
  return {
    type: NATIVE_TYPE,
    isPlugin: true,
    claimOf({ inputs, outputs }) {
      const { value } = plain(inputs) as { value?: string };
      return outputs.valueUnknown === true ? undefined : value;
    },
    reported(error) {
      const text = error instanceof CheckFailed ? error.message : (error as ServiceError).details;
      const kind = kindIn(text ?? "");
      return { kind, text: kind === undefined ? `${UNEXPECTED_ERROR}: ${text ?? error}` : text };
    },
    async start(start, report): Promise<ProviderProcess> {
      const { journal, env } = start;
      const processes = new Processes(start, () =>
        make({ env, journal, warn: async (text) => report({ severity: "warning", kind: kindIn(text), text }) }),
      );
      return {
        async check(resource, olds) {
          const { logical, provider } = resource;
          const request = new messages.CheckRequest();
          request.setUrn(urnOf(logical));
          if (olds) request.setOlds(toStruct(olds));
          request.setNews(toStruct({ ...givenInputs(resource, "default"), [REGISTRATION_INPUT]: {} }));
          const { call } = await processes.of(provider);
          const response = await call<messages.CheckResponse>("check", request);
          const [failure] = response.getFailuresList();
          if (failure) throw new CheckFailed(`${logical}: ${failure.getProperty()} ${failure.getReason()}`);
          return fromStruct(response.getInputs());
        },
        async diff(old, inputs, { provider = old.provider, unknown } = {}) {
          if (provider !== old.provider) await processes.compareConfigs(old.provider, provider);
          const news = unknown === undefined ? inputs : { ...inputs, [unknown]: UNKNOWN_PROPERTY };
          const request = withResource(new messages.DiffRequest(), old);
          request.setOlds(toStruct(old.outputs));
          request.setNews(toStruct(news));
          const { call } = await processes.of(provider);
          const response = await call<messages.DiffResponse>("diff", request);
          const hasChanges = response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME;
          return { hasChanges, replaces: response.getReplacesList().length > 0 };
        },
        async create({ logical, provider }, inputs) {
          const request = new messages.CreateRequest();
          request.setUrn(urnOf(logical));
          request.setProperties(toStruct(inputs));
          const { call } = await processes.of(provider);
          const response = await call<messages.CreateResponse>("create", request);
          return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
        },
        async read(resource) {
          const request = new messages.ReadRequest();
          request.setUrn(urnOf(resource.logical));
          request.setId(resource.id);
          request.setProperties(toStruct(resource.outputs));
          request.setInputs(toStruct(resource.inputs));
          const { call } = await processes.of(resource.provider);
          const response = await call<messages.ReadResponse>("read", request);
          if (response.getId() === "") return undefined;
          return {
            id: response.getId(),
            outputs: fromStruct(response.getProperties()),
            inputs: fromStruct(response.getInputs()),
          };
        },
        async readNew({ logical, provider, id }, { isLookUp }) {
          const request = new messages.ReadRequest();
          request.setUrn(urnOf(logical));
          request.setId(id);
          // As the SDK's `get` does.
          if (isLookUp) request.setProperties(toStruct({ [REGISTRATION_INPUT]: true }));
          const { call } = await processes.of(provider);
          const response = await call<messages.ReadResponse>("read", request);
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
          const { call } = await processes.of(old.provider);
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
          const { call } = await processes.of(resource.provider);
          await call("delete", request);
        },
        close: () => processes.close(),
      };
    },
  };
}

/** A process for each provider object that the operation needs. */
class Processes {
  private readonly started = new Map<ProviderName, Promise<PluginClient>>();
  private readonly clients: PluginClient[] = [];

  constructor(
    private readonly start: Start,
    private readonly make: () => PluginHost,
  ) {}

  of(provider: ProviderName): Promise<PluginClient> {
    const started = this.started.get(provider) ?? this.open(provider);
    this.started.set(provider, started);
    return started;
  }

  /** Tells the new provider of a resource how its config differs from the config of the old provider. */
  async compareConfigs(old: ProviderName, now: ProviderName): Promise<void> {
    const { config, before = {} } = this.start;
    await compareConfig(await this.of(now), before[old] ?? config[old], config[now]);
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  private async open(provider: ProviderName): Promise<PluginClient> {
    const { config, before } = this.start;
    const client = await connectTo(this.make(), config[provider]);
    this.clients.push(client);
    const old = before?.[provider];
    if (old) await compareConfig(client, old, config[provider]);
    return client;
  }
}

async function compareConfig({ call }: PluginClient, old: Start["env"], now: Start["env"]): Promise<void> {
  const request = new messages.DiffRequest();
  request.setOldInputs(toStruct(old));
  request.setNews(toStruct(now));
  await call("diffConfig", request);
}

function withResource<
  Request extends { setUrn(urn: string): void; setId(id: string): void; setOldInputs(olds: never): void },
>(request: Request, { logical, id, inputs }: StateResource): Request {
  request.setUrn(urnOf(logical));
  request.setId(id);
  request.setOldInputs(toStruct(inputs) as never);
  return request;
}

/** The failure of an update that the engine must store anyway. */
function unfinished(error: ServiceError): FailedButStored | undefined {
  const failure = storedIn(error);
  if (!failure) return undefined;
  const cause = Object.assign(new Error(), { details: failure.getReasonsList().join("\n") });
  return new FailedButStored(cause, { id: failure.getId(), outputs: fromStruct(failure.getProperties()) });
}
