import TestSequencer from '@jest/test-sequencer';

/** Minutes, then seconds, then less. jest goes by the size of a file, and those that only call a contract are small. */
const LONGEST_FIRST = [/\/integration\/rclone-/, /\/(integration|e2e)\//, /./];

/** Long suites begin first, so that at the end no worker is left with one of them while the others are idle. */
export default class TestOrder extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a.path) - rank(b.path));
  }
}

function rank(path) {
  return LONGEST_FIRST.findIndex((pattern) => pattern.test(path));
}
