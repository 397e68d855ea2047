import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { version } from "../../../package.json";
import schema from "../../../schema.json";
import { type CheckFailure, Problem } from "../../messages/problem.js";
import { providerNameIn } from "../../pulumi/urn.js";
import { UnfinishedUpdate } from "../../secret/lifecycle.js";
import { shownFailure } from "../shownFailure.js";
import { COMPONENT_TYPE } from "../typeTokens.js";
import type { Components } from "./component/components.js";
import { checkProviderConfig, withSecretConfig } from "./config.js";
import { argumentFailures, FUNCTIONS } from "./functions.js";
import { type EngineResource, outputsOf, type PluginHost, type PropertyChange } from "./host.js";
import { fromStruct, isSecret, plain, toStruct } from "./properties.js";
import { wireError } from "./wireErrors.js";

const { DiffResponse, PropertyDiff } = messages;

/**
 * Serves the engine's protocol on a free loopback port, and returns the port. If `host` is a problem, each call fails with
 * it: if the plugin ended instead, the engine would report a bug in the plugin.
 */
export async function serve(host: PluginHost | Problem): Promise<{ port: number; close(): void }> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, Problem.isInstance(host) ? failing(host) : implementationOf(host));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

const getPluginInfo: handleUnaryCall<unknown, PluginInfo> = (_, callback) => {
  const response = new PluginInfo();
  response.setVersion(version);
  callback(null, response);
};

/**
 * Every call fails with the problem except `getPluginInfo`: without its response, the engine would report only that it can't
 * load the plugin.
 */
function failing(problem: Problem): UntypedServiceImplementation {
  const fail: handleUnaryCall<unknown, never> = (_, callback) => callback(wireError(problem));
  const checkConfig: handleUnaryCall<unknown, messages.CheckResponse> = (_, callback) => {
    const response = new messages.CheckResponse();
    response.setFailuresList([checkFailure("", problem.message)]);
    callback(null, response);
  };
  return { getPluginInfo, getSchema: fail, checkConfig, configure: fail };
}

type Respond<Request, Response> = (request: Request) => Response | Promise<Response>;

function unimplemented(message: string): Error {
  return Object.assign(new Error(message), { code: status.UNIMPLEMENTED });
}

function implementationOf(host: PluginHost): UntypedServiceImplementation {
  // Loaded when needed, because most programs have no component.
  let loaded: Promise<Components> | undefined;
  const components = () => {
    const options = { ...host.options, version: host.requestedVersion };
    loaded ??= import("./component/components.js").then(({ Components }) => new Components(options));
    return loaded;
  };
  const handle = <Request, Response>(respond: Respond<Request, Response>) => handler(host, respond);
  return {
    getPluginInfo,
    getSchema: handle(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify({ ...schema, version }));
      return response;
    }),
    checkConfig: handle<messages.CheckRequest, messages.CheckResponse>((request) => {
      host.configChecked();
      const failures = checkProviderConfig(request.getUrn(), fromStruct(request.getNews()), process.env);
      const response = new messages.CheckResponse();
      response.setInputs(toStruct(withSecretConfig(fromStruct(request.getNews()))));
      response.setFailuresList(failures.map((failure) => checkFailure("", configFailureText(failure))));
      return response;
    }),
    // If the provider were replaced, every secret would be replaced. So a changed config never replaces the provider.
    diffConfig: handle<messages.DiffRequest, messages.DiffResponse>((request) => {
      host.configCompared(fromStruct(request.getOldInputs()), fromStruct(request.getNews()));
      const response = new DiffResponse();
      const isSame =
        JSON.stringify(fromStruct(request.getOldInputs())) === JSON.stringify(fromStruct(request.getNews()));
      response.setChanges(isSame ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME);
      return response;
    }),
    configure: handle<messages.ConfigureRequest, messages.ConfigureResponse>((request) => {
      host.configure(fromStruct(request.getArgs()), providerNameIn(`${request.getUrn() ?? ""}::`));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: handle<messages.CheckRequest, messages.CheckResponse>(async (request) => {
      const news = fromStruct(request.getNews());
      const { inputs, failures } = await host.check(request.getUrn(), { olds: fromStruct(request.getOlds()), news });
      const response = new messages.CheckResponse();
      response.setInputs(toStruct(inputs));
      response.setFailuresList(
        failures.map((failure) => {
          const given = news[failure.property];
          const shown = shownFailure(failure, {
            given: isSecret(given) ? given.value : given,
            isSecret: isSecret(given),
          });
          return checkFailure(shown.property, shown.reason);
        }),
      );
      return response;
    }),
    diff: handle<messages.DiffRequest, messages.DiffResponse>((request) =>
      diffResponse(host.diff(resourceIn(request, request.getOlds()), fromStruct(request.getNews()))),
    ),
    create: handle<messages.CreateRequest, messages.CreateResponse>(async (request) => {
      const news = fromStruct(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toStruct(host.previewCreate(news)));
        return response;
      }
      const { id, outputs } = await host.create(request.getUrn(), news);
      response.setId(id);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    read: handle<messages.ReadRequest, messages.ReadResponse>(async (request) => {
      const found = await host.read({
        urn: request.getUrn(),
        id: request.getId(),
        outputs: fromStruct(request.getProperties()),
        inputs: fromStruct(request.getInputs()),
      });
      const response = new messages.ReadResponse();
      // An empty id tells the engine that the resource is gone.
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(toStruct(found.outputs));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    update: handle<messages.UpdateRequest, messages.UpdateResponse>(async (request) => {
      const resource = resourceIn(request, request.getOlds());
      const news = fromStruct(request.getNews());
      const response = new messages.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(toStruct(host.previewUpdate(resource, news)));
        return response;
      }
      try {
        response.setProperties(toStruct(await host.update(resource, news)));
      } catch (error) {
        if (!(error instanceof UnfinishedUpdate)) throw error;
        throw wireError(error, { inputs: news, outputs: outputsOf(error.stored.state) });
      }
      return response;
    }),
    delete: handle<messages.DeleteRequest, Empty>(async (request) => {
      await host.delete(resourceIn(request, request.getProperties()));
      return new Empty();
    }),
    invoke: handle<messages.InvokeRequest, messages.InvokeResponse>(async (request) => {
      const run = FUNCTIONS[request.getTok()];
      if (!run) throw unimplemented(`unknown function ${request.getTok()}`);
      const response = new messages.InvokeResponse();
      const args = plain(fromStruct(request.getArgs()));
      const failures = argumentFailures(args);
      response.setFailuresList(failures.map((failure) => checkFailure(failure.property, failure.text())));
      if (failures.length === 0) response.setReturn(toStruct(await run(host.functionsWorkspaces, args)));
      return response;
    }),
    construct: handle<messages.ConstructRequest, messages.ConstructResponse>(async (request) => {
      if (request.getType() !== COMPONENT_TYPE) throw unimplemented(`unknown component ${request.getType()}`);
      return (await components()).construct(request);
    }),
    cancel: handle(() => {
      host.cancel();
      return new Empty();
    }),
  };
}

interface ResourceRequest {
  getUrn(): string;
  getId(): string;
  getOldInputs(): Parameters<typeof fromStruct>[0];
}

function resourceIn(request: ResourceRequest, outputs: Parameters<typeof fromStruct>[0]): EngineResource {
  return {
    urn: request.getUrn(),
    id: request.getId(),
    outputs: fromStruct(outputs),
    inputs: fromStruct(request.getOldInputs()),
  };
}

function diffResponse({
  changes,
  hasChanges,
}: {
  changes: PropertyChange[];
  hasChanges: boolean;
}): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
  const response = new DiffResponse();
  response.setChanges(hasChanges ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changes.map(({ input }) => input));
  response.setReplacesList(changes.filter(({ replaces }) => replaces).map(({ input }) => input));
  response.setHasdetaileddiff(true);
  for (const { input, kind, replaces } of changes) {
    const detail = new PropertyDiff();
    detail.setKind(PROPERTY_KINDS[kind][replaces ? "replace" : "update"]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(input, detail);
  }
  return response;
}

const { Kind } = PropertyDiff;
const PROPERTY_KINDS = {
  add: { update: Kind.ADD, replace: Kind.ADD_REPLACE },
  delete: { update: Kind.DELETE, replace: Kind.DELETE_REPLACE },
  update: { update: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
};

function checkFailure(property: string, reason: string): messages.CheckFailure {
  const failure = new messages.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

/** Handles a call, and converts every thrown error to an error that the engine shows. */
function handler<Request, Response>(
  host: PluginHost,
  respond: Respond<Request, Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    // The engine cancels a call, for example when it is killed. gRPC also sends this event at the end of each call.
    const givenUp = new AbortController();
    const giveUp = () => givenUp.abort();
    call.on("cancelled", giveUp);
    const run = async () => {
      const timeLimit = timeLimitOf(call.request);
      const signal = timeLimit ? AbortSignal.any([givenUp.signal, timeLimit]) : givenUp.signal;
      return host.during(signal, () => respond(call.request));
    };
    const [error, response] = await run().then(
      (response) => [null, response] as const,
      (error: unknown) => [isWireError(error) ? error : wireError(error), undefined] as const,
    );
    call.off("cancelled", giveUp);
    callback(error, response);
  };
}

/** Node.js errors also have a `code`, but it is a string. Their messages must not be shown, because they may contain a secret. */
function isWireError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === "number";
}

/** Timers accept whole milliseconds of at most 31 bits: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The `customTimeouts` of the resource, in seconds. The engine doesn't enforce them. */
function timeLimitOf(request: unknown): AbortSignal | undefined {
  const seconds = (request as { getTimeout?(): number }).getTimeout?.() ?? 0;
  return seconds > 0 ? AbortSignal.timeout(Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER_MS)) : undefined;
}

/** The text of a config fault already contains its key. For other failures, put the key first. */
function configFailureText(failure: CheckFailure): string {
  const text = failure.text();
  return failure.kind === "provider-config-invalid" ? text : `${failure.property} ${text}`;
}
