import TestSequencer from "@jest/test-sequencer";

/**
 * Without the durations of an earlier run, jest begins with the largest files. The fault matrix has the smallest and takes the
 * longest: at the end, the other cores would wait for it.
 */
export default class extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => path.includes("/faults/");
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
