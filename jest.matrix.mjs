import tests from "./jest.config.mjs";

// Settings of the whole run, which a project can't have.
const { maxWorkers, testTimeout, testSequencer, globalSetup, globalTeardown, ...common } = tests;
const run = { maxWorkers, testTimeout, testSequencer };

/** Runs the tests that `npm test` omits because they take long. */
export default {
  ...run,
  projects: [
    // Every fault in every call, and other languages.
    { ...common, globalSetup, globalTeardown, displayName: "long", testMatch: ["**/*.matrix.ts"] },
    // The tests of the engine once more, for the native plugin.
    {
      ...common,
      globalSetup,
      globalTeardown,
      displayName: "native",
      snapshotResolver: "<rootDir>/tests/support/nativeSnapshots.cjs",
      setupFiles: ["<rootDir>/tests/support/nativeHost.ts"],
      testMatch: [
        "**/tests/engine/**/*.test.ts",
        "**/tests/engine/*.matrix.ts",
        "**/tests/engine/sequences/*.matrix.ts",
      ],
      testPathIgnorePatterns: [
        "/node_modules/",
        // Tests of the search for the dynamic provider, of its state, and of the limits of its host.
        ...["installed", "oldState", "state", "rootProgram", "leaksDebug"].map((name) => `/engine/${name}\\.`),
        // These choose the host themselves.
        "/engine/plugin/",
        "/engine/sequences/plugin/",
        ...["oldNode", "lateErrors", "componentProcess"].map((name) => `/engine/${name}\\.`),
        // About the client, which both hosts share.
        "/engine/proxy\\.matrix\\.",
      ],
    },
  ],
};
