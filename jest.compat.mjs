import tests from "./jest.config.mjs";

/** The tests that `scripts/compat.mjs` runs on each combination of versions. */
export default { ...tests, testMatch: ["**/*.compat.ts"], globalSetup: "<rootDir>/tests/compat/globalSetup.ts" };
