// The plugin's output names its own type, so its snapshots are beside those of the dynamic provider.
const { basename, dirname, join } = require("node:path");

module.exports = {
  resolveSnapshotPath: (test, extension) =>
    join(dirname(test), "__snapshots__", `${basename(test)}.native${extension}`),
  resolveTestPath: (snapshot, extension) => join(dirname(dirname(snapshot)), basename(snapshot, `.native${extension}`)),
  testPathForConsistencyCheck: join("tests", "engine", "example.test.ts"),
};
