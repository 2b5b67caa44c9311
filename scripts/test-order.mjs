import TestSequencer from '@jest/test-sequencer';

/**
 * The slowest files, then minutes, then seconds, then less. jest goes by the size of a file, and the longest tours and contracts are in
 * small files.
 */
const LONGEST_FIRST = [
  /\/e2e\/(tour|daemon|own-directories|rclone|tutorial-document)\b/,
  /\/integration\/(faults|rclone-faults|replicate|dashboards|alerts\/promtool|retire|restore-check)\.test/,
  /\/e2e\/(hung-mount|demo|script|source-states|restore-document)\b/,
  /\/integration\/rclone-/,
  /./,
];

/**
 * Long suites begin first, so that at the end no worker is left with one of them while the others are idle. They mostly wait, and unit
 * tests compute, so the two take turns.
 */
export default class TestOrder extends TestSequencer {
  sort(tests) {
    const ordered = super.sort(tests).sort((a, b) => rank(a.path) - rank(b.path));
    const long = ordered.filter(({ path }) => isLong(path));
    const short = ordered.filter(({ path }) => !isLong(path));
    const each = Math.ceil(short.length / Math.max(long.length, 1));
    return long
      .flatMap((test, at) => [test, ...short.slice(at * each, (at + 1) * each)])
      .concat(long.length === 0 ? short : []);
  }
}

function isLong(path) {
  return /\/test\/(e2e|integration)\//.test(path);
}

function rank(path) {
  return LONGEST_FIRST.findIndex((pattern) => pattern.test(path));
}
