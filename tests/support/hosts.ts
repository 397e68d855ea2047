import { test as jestTest } from "@jest/globals";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../../provider/hosts/typeTokens";

/** The host that manages a program's secrets: the dynamic provider or the native plugin. */
export type HostName = "dynamic" | "native";

/** The host of tests that don't set one. The same tests run for both hosts: `TEST_HOST=native` chooses the plugin. */
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

/** A test for only one host. A run for the other host doesn't include it. */
export function testFor(host: HostName): Test {
  return (title, run) => {
    if (host === HOST) jestTest(title, run);
  };
}
