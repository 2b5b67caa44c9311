import { expect, test } from '@jest/globals';
import { assess } from '../../../src/report/assess.ts';
import { NOW, sampleClient, sampleSource } from '../metrics/sample-report.ts';

const HOUR = 3_600_000;

test.each([
  ['no lock', undefined, []],
  ['a lock that restic refreshes', NOW - 23 * HOUR, []],
  [
    'a lock that was left behind',
    NOW - 49 * HOUR,
    ['the oldest lock of the repository is 2d 1h old: forget and prune may not work'],
  ],
])('%s', (_, oldestLockAt, messages) => {
  const source = sampleSource(oldestLockAt === undefined ? {} : { locks: 1, oldestLockAt });
  const { severity, findings } = assess(sampleClient({ source }), NOW);
  expect(findings.map(({ message }) => message)).toEqual(messages);
  expect(severity).toBe(messages.length === 0 ? 'ok' : 'warning');
});
