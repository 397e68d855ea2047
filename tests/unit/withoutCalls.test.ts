import { expect, test } from "@jest/globals";
import { WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import { Workspaces } from "../../provider/workspaces/registry";

// Without a key every call of the API fails at once, and what answers without a promise has waited for nothing.
const lifecycle = new WorkspaceSecretLifecycle({
  workspaces: new Workspaces(() => undefined, {}),
  warn: () => Promise.reject(new Error("there is nothing to warn of")),
});

test("check and diff answer at once, without a call and without a key", () => {
  const endpoint = "https://api.elevenlabs.io";

  expect(lifecycle.check({ name: "A", value: "v" })).toEqual([]);
  expect(lifecycle.diff("1", { secretId: "1", name: "A", endpoint }, { name: "B", value: "v" })).toEqual({
    changes: true,
    replaces: ["name"],
  });
});
