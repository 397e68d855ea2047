import { availableParallelism } from "node:os";

export default {
  testEnvironment: "<rootDir>/tests/support/testEnvironment.ts",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.[cm]?[jt]s$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }] },
  // These are ESM only; jest runs CommonJS.
  transformIgnorePatterns: [
    "/node_modules/(?!(node-fetch|fetch-blob|data-uri-to-buffer|formdata-polyfill|p-queue|p-timeout|p-retry|is-network-error|eventemitter3|leven|valibot)/)",
  ],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  globalSetup: "<rootDir>/tests/support/globalSetup.ts",
  globalTeardown: "<rootDir>/tests/support/globalTeardown.ts",
  testSequencer: "<rootDir>/tests/support/sequencer.mjs",
  // The engine waits a lot: three workers keep two cores busy. (Jest reads a percentage above 100 as a number.)
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testTimeout: 300_000,
};
