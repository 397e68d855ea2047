import TestSequencer from "@jest/test-sequencer";

/**
 * Without the durations of an earlier run, jest begins with the largest files. The fault matrix, the kills and the random
 * histories have the smallest files and take the longest. If they ran last, the other cores would wait for them.
 */
export default class extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => /\/(faults|kills|model)\//.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
