import { expect, test } from '@jest/globals';
import { checkIntervalsOf } from '../../../src/kinds/check-intervals.ts';
import { backendTraits, labelOf, placeTraits, watchOf } from '../../../src/kinds/traits.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MARKED = { hasMarker: true, countsAsCopy: true, isRunContact: false, mayDelete: false };
const PROGRAM = { hasMarker: false, isRunContact: true, mayDelete: true };

const directory = { kind: 'directory', directory: '/mnt/nas' };
const rclone = { kind: 'rclone', rclone: 'b2:bucket', probeEveryMs: HOUR, listEveryMs: 2 * DAY };
const script = { kind: 'script', script: ['/bin/bring', 'all'], deadlineMs: 1 };

test.each([
  ['a directory', directory, { ...MARKED, label: '/mnt/nas' }],
  ['a remote', rclone, { ...MARKED, label: 'b2:bucket' }],
  ['a script', script, { ...PROGRAM, countsAsCopy: false, label: '/bin/bring' }],
  [
    'a script that is verified',
    { ...script, verify: rclone },
    { ...PROGRAM, countsAsCopy: true, label: 'b2:bucket' },
  ],
])('%s: what others need to know of it as a backend', (_what, config, expected) => {
  expect({ ...backendTraits(config), label: labelOf(config) }).toMatchObject(expected);
});

test.each([
  ['a directory', directory, [undefined, DAY]],
  ['a remote', rclone, [HOUR, 2 * DAY]],
  ['a script', script, [undefined, DAY]],
  ['what a script brings to a remote', { ...script, verify: rclone }, [HOUR, 2 * DAY]],
])('%s: how often it is checked when nothing is new', (_what, config, [probe, list]) => {
  expect(checkIntervalsOf(config, { isFetched: false, auditEveryMs: DAY })).toEqual({
    probeEveryMs: probe,
    auditEveryMs: list,
  });
  expect(checkIntervalsOf(config, { isFetched: true, auditEveryMs: DAY })).toEqual({
    probeEveryMs: probe ?? DAY,
    auditEveryMs: list,
  });
});

test('only a directory is watched, when its configuration allows it', () => {
  expect(watchOf({ ...directory, watch: true } as typeof directory)).toEqual({
    directory: '/mnt/nas',
    isPossible: true,
  });
  expect(watchOf({ ...directory, watch: false } as typeof directory)).toEqual({
    directory: undefined,
    isPossible: true,
  });
  expect(watchOf(rclone)).toEqual({ directory: undefined, isPossible: false });
});

test('the command that deletes a file can be typed as shown', () => {
  const odd = { kind: 'rclone', rclone: 'b2:my bucket', rcloneConfig: '/etc/r c' };

  const quoted = { ...directory, directory: "/it's" };
  expect(placeTraits(quoted).commandToDelete('x')).toBe(String.raw`rm -f -- '/it'\''s/x'`);
  expect(placeTraits(odd).commandToDelete('x')).toBe(
    "rclone --config '/etc/r c' deletefile 'b2:my bucket/x'",
  );
});
