import { type ClientUnaryCall, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, describe, expect, test } from "@jest/globals";
import { CreateRequest, type CreateResponse, DeleteRequest, UpdateRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Emulator } from "../../emulator/index";
import { PluginHost } from "../../provider/hosts/plugin/host";
import { fromStruct, secret, toStruct } from "../../provider/hosts/plugin/properties";
import { connectTo, type PluginClient, storedIn, urnOf } from "../support/pluginClient";
import { kindIn } from "../support/problems";
import { emulate } from "../support/servers";

const open: PluginClient[] = [];
afterAll(() => {
  for (const plugin of open) plugin.close();
});

async function start(): Promise<{ emulator: Emulator; plugin: PluginClient }> {
  const emulator = await emulate();
  return { emulator, plugin: await startFor(emulator) };
}

/** Stands for a new process of the plugin, because the engine starts one for each operation. */
async function startFor(emulator: Emulator): Promise<PluginClient> {
  const host = new PluginHost({ env: {}, warn: async () => {} });
  const plugin = await connectTo(host, { apiKey: emulator.apiKey, baseUrl: emulator.url });
  open.push(plugin);
  return plugin;
}

function createOf(name: string, { seconds = 0, onExisting = "fail" } = {}): CreateRequest {
  const request = new CreateRequest();
  request.setUrn(urnOf(name));
  request.setProperties(toStruct({ name, value: secret("v"), onExisting }));
  request.setTimeout(seconds);
  return request;
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: ServiceError) => error,
  );

describe("a call that the engine cancels", () => {
  test("a cancelled call sends nothing more, and other calls continue", async () => {
    const { emulator, plugin } = await start();
    emulator.fault({ kind: "delay", on: "list", ms: 300, times: 2 });
    let given: ClientUnaryCall | undefined;

    const givenUp = failureOf(plugin.call("create", createOf("GIVEN_UP"), (call) => (given = call)));
    await emulator.waitForRequest(({ operation }) => operation === "list");
    const other = plugin.call<CreateResponse>("create", createOf("OTHER"));
    given?.cancel();

    expect((await givenUp)?.code).toBe(status.CANCELLED);
    // The other call's search began later, so by now the cancelled call would have the response to its search.
    expect((await other).getId()).toBe(emulator.workspace().secrets()[0]?.id);
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "OTHER" }]);
    expect(emulator.requests.filter(({ operation }) => operation === "create").length).toBe(1);
  });
});

describe("the customTimeouts of a resource", () => {
  // A timer of Node.js uses whole milliseconds, and lasts at most 24 days.
  test.each([1.005, 16.1, 600 * 3600, 9999 * 3600])(
    "a create with customTimeouts of %d seconds succeeds",
    async (seconds) => {
      const { emulator, plugin } = await start();

      await plugin.call("create", createOf("A", { seconds }));

      expect(emulator.workspace().secrets()).toMatchObject([{ name: "A" }]);
    },
  );

  test("a call with customTimeouts under a millisecond sends nothing", async () => {
    const { emulator, plugin } = await start();

    const error = await failureOf(plugin.call("create", createOf("A", { seconds: 0.0001 })));

    expect(kindIn(error?.details ?? "")).toBe("cancelled");
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("customTimeouts end the retries of a call, and the error says so", async () => {
    const { emulator, plugin } = await start();
    emulator.fault({ kind: "status", status: 503, on: "list", times: Number.POSITIVE_INFINITY });

    const error = await failureOf(plugin.call("create", createOf("A", { seconds: 0.2 })));

    expect(kindIn(error?.details ?? "")).toBe("cancelled");
    expect(error?.details).toContain("customTimeouts");
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("if a POST gets no response, the error says that the secret may exist", async () => {
    const { emulator, plugin } = await start();
    emulator.fault({ kind: "hang", on: "create", when: "after" });

    const error = await failureOf(plugin.call("create", createOf("A", { seconds: 0.5 })));

    expect(kindIn(error?.details ?? "")).toBe("may-have-been-created");
    expect(emulator.workspace().secrets()).toMatchObject([{ name: "A" }]);
  });

  test("if each POST got a 429, the error doesn't say that a secret may exist", async () => {
    const { emulator, plugin } = await start();
    // The response arrives long before the limit, and the pause ends long after it.
    emulator.fault({ kind: "status", status: 429, retryAfter: 60, on: "create" });

    const error = await failureOf(plugin.call("create", createOf("A", { seconds: 3 })));

    expect(kindIn(error?.details ?? "")).toBe("cancelled");
    expect(emulator.workspace().secrets()).toEqual([]);
  });

  test("if a PATCH gets no response, the state no longer claims a value", async () => {
    const { emulator, plugin } = await start();
    const created = await plugin.call<CreateResponse>("create", createOf("A"));
    emulator.fault({ kind: "hang", on: "update", when: "after" });
    const request = new UpdateRequest();
    request.setUrn(urnOf("A"));
    request.setId(created.getId());
    request.setOlds(created.getProperties());
    request.setOldInputs(toStruct({ name: "A", value: secret("v") }));
    request.setNews(toStruct({ name: "A", value: secret("w") }));
    request.setTimeout(0.5);

    const error = await failureOf(plugin.call("update", request));

    const stored = error && storedIn(error);
    expect(stored?.getReasonsList().map(kindIn)).toEqual(["cancelled"]);
    expect(fromStruct(stored?.getProperties())).toMatchObject({ secretId: created.getId(), valueUnknown: true });
  });
});

test("a rename of a kept value is refused, even if no diff refused it before", async () => {
  const { emulator, plugin } = await start();
  const theirs = emulator.workspace().add("A", "theirs");
  const inputs = { value: secret("v"), onExisting: "keep", onNameChange: "rename" };
  const created = await plugin.call<CreateResponse>("create", createOf("A", inputs));
  const request = new UpdateRequest();
  request.setUrn(urnOf("A"));
  request.setId(created.getId());
  request.setOlds(created.getProperties());
  request.setOldInputs(toStruct({ name: "A", ...inputs }));
  request.setNews(toStruct({ name: "B", ...inputs }));

  const error = await failureOf(plugin.call("update", request));

  expect(kindIn(error?.details ?? "")).toBe("kept-value-at-risk");
  expect(emulator.workspace().secrets()).toEqual([theirs]);
});

describe("a forced replace", () => {
  test("a forced replacement that adopts its own secret doesn't delete it", async () => {
    const { emulator, plugin: before } = await start();
    const old = await before.call<CreateResponse>("create", createOf("A"));
    const plugin = await startFor(emulator);

    const successor = await plugin.call<CreateResponse>("create", createOf("A", { onExisting: "overwrite" }));
    const request = new DeleteRequest();
    request.setUrn(urnOf("A"));
    request.setId(old.getId());
    request.setProperties(old.getProperties());
    await plugin.call("delete", request);

    expect(successor.getId()).toBe(old.getId());
    expect(emulator.workspace().secrets()).toMatchObject([{ id: old.getId() }]);
  });
});
