// The plugin's output names its own type, so its snapshots are beside those of the dynamic provider. Jest reports each
// `.snap` file without a test as obsolete, and fails: these have another extension, and the other ones keep their test.
const { basename, dirname, join } = require("node:path");

const EXTENSION = ".native.txt";

module.exports = {
  resolveSnapshotPath: (test) => join(dirname(test), "__snapshots__", `${basename(test)}${EXTENSION}`),
  resolveTestPath: (snapshot, extension) =>
    join(dirname(dirname(snapshot)), basename(snapshot, snapshot.endsWith(EXTENSION) ? EXTENSION : extension)),
  testPathForConsistencyCheck: join("tests", "engine", "example.test.ts"),
};
