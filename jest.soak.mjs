import tests from "./jest.config.mjs";

/** Long runs, with other random histories each time. */
export default { ...tests, testMatch: ["**/*.soak.ts"], testTimeout: 4 * 3_600_000 };
