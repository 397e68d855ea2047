import { test as jestTest } from "@jest/globals";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../../provider/hosts/typeTokens";

/** How a program's secrets are managed: by the dynamic provider, or by the native plugin. */
export type HostName = "dynamic" | "native";

/** The host of the tests that name none. The same tests run for both: `TEST_HOST=native` chooses the plugin. */
export const HOST: HostName = process.env.TEST_HOST === "native" ? "native" : "dynamic";

export const HOSTS = {
  dynamic: {
    module: "pulumi-elevenlabs",
    type: DYNAMIC_TYPE,
    plugins: undefined,
    /** The command of the provider process. */
    process: /^\S*node \S*dynamic-provider/,
  },
  native: {
    module: "pulumi-elevenlabs/native",
    type: NATIVE_TYPE,
    process: /^\S*node \S*pulumi-resource-elevenlabs\.js/,
    plugins: { providers: [{ name: "elevenlabs", path: "node_modules/pulumi-elevenlabs/dist/plugin" }] },
  },
} as const;

type Test = (title: string, run: () => Promise<void>) => void;

/** A test of what only one host does: in a run for the other one, it isn't there. */
export function testFor(host: HostName): Test {
  return (title, run) => {
    if (host === HOST) jestTest(title, run);
  };
}
