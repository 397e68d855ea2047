import tests from "./jest.config.mjs";

/** What `npm test` leaves out because it takes long: every fault in every call. */
export default { ...tests, testMatch: ["**/*.matrix.ts"] };
