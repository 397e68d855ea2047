import { expect, test } from "@jest/globals";
import { WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import { trackingByDigest } from "../../provider/secret/valueTracking";
import { Workspaces } from "../../provider/workspaces/workspaces";

// There is no API key, so every call fails. A result that isn't a promise proves that no call was awaited.
const lifecycle = new WorkspaceSecretLifecycle({
  workspaces: new Workspaces(() => undefined, {}),
  valueTracking: trackingByDigest,
  isConfigCurrent: () => true,
  warn: () => Promise.reject(new Error("there is nothing to warn about")),
});

test("check and diff need no call and no API key", () => {
  const endpoint = "https://api.elevenlabs.io";

  expect(lifecycle.check({ name: "A", value: "v" })).toEqual([]);
  expect(lifecycle.diff({ id: "1", state: { secretId: "1", name: "A", endpoint } }, { name: "B", value: "v" })).toEqual(
    {
      hasChanges: true,
      changed: ["name", "value"],
      replacing: ["name"],
    },
  );
});
