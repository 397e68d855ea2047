import tests from "./jest.config.mjs";

// Settings of the whole run, which a project can't have.
const { maxWorkers, testTimeout, testSequencer, globalSetup, globalTeardown, ...common } = tests;
const run = { maxWorkers, testTimeout, testSequencer };

/** What `npm test` leaves out because it takes long. */
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
        // How the dynamic provider is found, what its state looks like, and what its host can't do.
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
