// Makes the tests of the engine use the native plugin: see hosts.ts.
process.env.TEST_HOST = "native";
