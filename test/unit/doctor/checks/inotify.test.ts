import { expect, test } from '@jest/globals';
import { judgeWatches } from '../../../../src/doctor/checks/inotify.ts';

const limits = { maxWatches: 8192, maxInstances: 128 };

test('all sources', () => {
  expect(judgeWatches({ possible: 3, wanted: 3, ...limits })).toEqual([
    { severity: 'ok', message: '3 sources can be watched' },
  ]);
});

test.each([
  ['ENOSPC', 'max_user_watches', 8192, 524_288],
  ['EMFILE', 'max_user_instances', 128, 1024],
] as const)('%s', (...[code, name, current, more]) => {
  expect(judgeWatches({ possible: 1, wanted: 3, code, ...limits })).toEqual([
    {
      severity: 'warning',
      message: `only 1 of 3 sources can be watched, because fs.inotify.${name} (${current}) is used up; the others are only polled`,
      hint: `as root, run: sysctl -w fs.inotify.${name}=${more} && echo fs.inotify.${name}=${more} > /etc/sysctl.d/60-backup-syncd.conf`,
    },
  ]);
});

test('beside a running daemon, which has its own watches', () => {
  const one = { wanted: 1, isRunning: true, ...limits };
  expect(judgeWatches({ possible: 1, ...one })).toEqual([
    { severity: 'ok', message: 'there is room for more watches' },
  ]);
  expect(judgeWatches({ possible: 0, code: 'ENOSPC', ...one })[0]?.message).toBe(
    'fs.inotify.max_user_watches (8192) is used up, so sources may be polled only',
  );
});

test('a high limit that is used up is doubled', () => {
  const found = { possible: 0, wanted: 1, code: 'ENOSPC', maxInstances: 1, maxWatches: 1_000_000 };
  expect(judgeWatches(found)[0]?.hint).toContain('max_user_watches=2000000');
});
