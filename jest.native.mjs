import tests from "./jest.config.mjs";

// Jest's workers inherit the environment of the process that reads this.
process.env.TEST_HOST = "native";

/** The tests of the engine once more, for the native plugin. Some are about the dynamic provider alone. */
export default {
  ...tests,
  testMatch: ["**/tests/engine/**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    // How the dynamic provider is found, what its state looks like, and what its host can't do.
    ...["installed", "oldState", "state", "stackCheck", "rootProgram", "leaksDebug"].map(
      (name) => `/engine/${name}\\.test`,
    ),
    // These choose the host themselves.
    "/engine/plugin/",
  ],
};
