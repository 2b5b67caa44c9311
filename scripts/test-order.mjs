import TestSequencer from '@jest/test-sequencer';

/**
 * The slowest files, then minutes, then seconds, then less. jest goes by the size of a file, and the longest tours and contracts are in
 * small files.
 */
const LONGEST_FIRST = [
  /\/e2e\/(tour|alerts|daemon|own-directories|rclone)\b/,
  /\/integration\/(faults|rclone-faults|replicate|dashboards)\b/,
  /\/integration\/rclone-/,
  /\/(integration|e2e)\//,
  /./,
];

/** Long suites begin first, so that at the end no worker is left with one of them while the others are idle. */
export default class TestOrder extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a.path) - rank(b.path));
  }
}

function rank(path) {
  return LONGEST_FIRST.findIndex((pattern) => pattern.test(path));
}
