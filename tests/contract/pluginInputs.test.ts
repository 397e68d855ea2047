import { type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type CheckFailure,
  CheckRequest,
  type CheckResponse,
  ConstructRequest,
  CreateRequest,
  DiffRequest,
  DiffResponse,
  GetSchemaRequest,
  type GetSchemaResponse,
  InvokeRequest,
  type InvokeResponse,
  ReadRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import type { Emulator } from "../../emulator/index";
import { version } from "../../package.json";
import { PluginHost } from "../../provider/hosts/plugin/host";
import { fromStruct, secret, toStruct, UNKNOWN_PROPERTY } from "../../provider/hosts/plugin/properties";
import { COMPONENT_TYPE } from "../../provider/hosts/typeTokens";
import schema from "../../schema.json";
import { connectTo, type PluginClient, urnOf } from "../support/pluginClient";
import { kindIn } from "../support/problems";
import { emulate } from "../support/servers";

// Programs in other languages can send values of any type, because their SDKs needn't check types.

let emulator: Emulator;
let plugin: PluginClient;
beforeAll(async () => {
  emulator = await emulate();
  const host = new PluginHost({ env: {}, warn: async () => {} });
  plugin = await connectTo(host, { apiKey: emulator.apiKey, baseUrl: emulator.url });
});
afterAll(() => plugin.close());

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: ServiceError) => error,
  );

function kindsOf(failures: CheckFailure[]): Record<string, string | undefined> {
  return Object.fromEntries(failures.map((failure) => [failure.getProperty(), kindIn(failure.getReason())]));
}

function wordsOf(failure: CheckFailure): string[] {
  return failure.getReason().split(" ");
}

function checkOf(news: Record<string, unknown>): CheckRequest {
  const request = new CheckRequest();
  request.setUrn(urnOf("A"));
  request.setNews(toStruct(news));
  return request;
}

function invokeOf(name: string, args: Record<string, unknown>): InvokeRequest {
  const request = new InvokeRequest();
  request.setTok(`elevenlabs:index:${name}`);
  request.setArgs(toStruct(args));
  return request;
}

describe("wrong types over the protocol", () => {
  test("each invalid input is one failure, and none shows a secret", async () => {
    const response = await plugin.call<CheckResponse>(
      "check",
      checkOf({ name: 5, value: secret(["canary"]), onExisting: {}, triggers: "canary", colour: "red" }),
    );

    const failures = response.getFailuresList();
    // The engine prints the given value of a property that a failure refers to, so most failures refer to no property.
    expect(Object.fromEntries(failures.map((failure) => [wordsOf(failure)[0], kindIn(failure.getReason())]))).toEqual({
      name: "input-type",
      value: "input-type",
      onExisting: "input-choice",
      triggers: "input-type",
      colour: "input-unknown",
    });
    expect(failures.map((failure) => failure.getReason()).join()).not.toContain("canary");
  });

  test("each invalid entry of the provider's config is one failure", async () => {
    const news = { apiKey: secret(["canary"]), region: {}, colour: "red", version: "1.0.0" };
    const response = await plugin.call<CheckResponse>("checkConfig", checkOf(news));

    const reasons = response.getFailuresList().map((failure) => failure.getReason());
    expect(reasons.map(kindIn).sort()).toEqual(["input-type", "input-type", "provider-config-unknown"]);
    expect(reasons.join()).not.toContain("canary");
  });

  test("a misspelled key of the provider's config is shown with the right key", async () => {
    const response = await plugin.call<CheckResponse>("checkConfig", checkOf({ regoin: "eu" }));

    const [failure] = response.getFailuresList();
    expect(failure?.getReason()).toContain("regoin is not a config key of elevenlabs (did you mean region?)");
  });

  test("a project named elevenlabs may have config of its own program", async () => {
    const request = checkOf({ crmToken: "t" });
    request.setUrn("urn:pulumi:dev::elevenlabs::pulumi:providers:elevenlabs::default_0_1_0");

    const response = await plugin.call<CheckResponse>("checkConfig", request);

    expect(response.getFailuresList()).toEqual([]);
  });

  test.each([
    ["getWorkspaceSecret", { name: 5, workspace: ["eu"] }],
    ["listWorkspaceSecrets", { prefix: {}, workspace: false }],
    ["getSecretDependents", { secretId: 7, workspace: 1 }],
  ])("each invalid argument of %s is one failure, and nothing is sent", async (name, args) => {
    const before = emulator.requests.length;
    const response = await plugin.call<InvokeResponse>("invoke", invokeOf(name, args));

    const [one, other] = Object.keys(args);
    expect(kindsOf(response.getFailuresList())).toEqual({ [`${one}`]: "input-type", [`${other}`]: "input-type" });
    expect(emulator.requests.length).toBe(before);
  });
});

describe("over the protocol", () => {
  test("a create without a value fails, and sends nothing", async () => {
    const before = emulator.requests.length;
    const request = new CreateRequest();
    request.setUrn(urnOf("A"));
    request.setProperties(toStruct({ name: "A" }));

    const error = await failureOf(plugin.call("create", request));

    expect(error?.code).toBe(status.FAILED_PRECONDITION);
    expect(kindIn(error?.details ?? "")).toBe("value-missing");
    expect(emulator.requests.length).toBe(before);

    request.setProperties(toStruct({ name: "A", value: secret("v") }));
    await plugin.call("create", request);
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "A", value: "v" }]);
  });

  test.each(["no such id", "../agents", ""])(
    "an import of the id %j, which doesn't exist, is one error",
    async (id) => {
      const request = new ReadRequest();
      request.setUrn(urnOf("A"));
      request.setId(id);

      const error = await failureOf(plugin.call("read", request));

      expect(error?.code).toBe(status.FAILED_PRECONDITION);
      expect(kindIn(error?.details ?? "")).toMatch(/^(import-not-found|invalid-id)$/);
    },
  );

  test("an import of a secret of another workspace is one error", async () => {
    const request = new ReadRequest();
    request.setUrn(urnOf("A"));
    request.setId((await emulate()).workspace().add("FOREIGN").id);

    const error = await failureOf(plugin.call("read", request));

    expect(kindIn(error?.details ?? "")).toBe("import-not-found");
  });

  test("a call of an unknown function is refused as not implemented", async () => {
    const error = await failureOf(plugin.call("invoke", invokeOf("createAgent", {})));

    expect(error?.code).toBe(status.UNIMPLEMENTED);
  });

  test("a function finds a secret, and returns no value", async () => {
    const { id } = emulator.workspace().add("FOUND", "canary");

    const response = await plugin.call<InvokeResponse>("invoke", invokeOf("getWorkspaceSecret", { name: "FOUND" }));

    expect(fromStruct(response.getReturn())).toEqual({ secretId: id, name: "FOUND" });
  });

  test("the plugin's schema is schema.json with the package's version", async () => {
    const response = await plugin.call<GetSchemaResponse>("getSchema", new GetSchemaRequest());

    expect(JSON.parse(response.getSchema())).toEqual({ ...schema, version });
  });
});

test("in a diff, a missing name is the logical name", async () => {
  const request = new DiffRequest();
  request.setUrn(urnOf("CRM"));
  request.setId("id");
  request.setOlds(
    toStruct({ secretId: "id", name: "CRM", workspace: "default", endpoint: emulator.url, mark: "mark" }),
  );
  request.setOldInputs(toStruct({ name: "CRM", value: secret("v") }));
  request.setNews(toStruct({ value: secret("v") }));

  const response = await plugin.call<DiffResponse>("diff", request);

  expect(response.getDiffsList()).toEqual([]);
  expect(response.getChanges()).toBe(DiffResponse.DiffChanges.DIFF_NONE);
});

test("an update with unknown secrets fails before it registers anything", async () => {
  const request = new ConstructRequest();
  request.setType(COMPONENT_TYPE);
  request.setName("all");
  // A call to this address would fail with a different error.
  request.setMonitorendpoint("127.0.0.1:1");
  request.setInputs(toStruct({ secrets: UNKNOWN_PROPERTY }));

  const failure = await failureOf(plugin.call("construct", request));

  expect(kindIn(failure?.details ?? "")).toBe("secrets-unknown");
});
