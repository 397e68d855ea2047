// The plugin's output contains the plugin's type token, so the plugin has separate snapshots. Jest fails for each `.snap` file
// that has no test. So the plugin's snapshots have another extension, and the `.snap` files are still assigned to their test.
const { basename, dirname, join } = require("node:path");

const EXTENSION = ".native.txt";

module.exports = {
  resolveSnapshotPath: (test) => join(dirname(test), "__snapshots__", `${basename(test)}${EXTENSION}`),
  resolveTestPath: (snapshot, extension) =>
    join(dirname(dirname(snapshot)), basename(snapshot, snapshot.endsWith(EXTENSION) ? EXTENSION : extension)),
  testPathForConsistencyCheck: join("tests", "engine", "example.test.ts"),
};
