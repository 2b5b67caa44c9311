import { describe, expect, test } from '@jest/globals';
import { classifyFailure, messageOf, missingObject } from '../../../src/restic/classify.ts';

/** Messages of restic 0.14 and 0.19, and their meaning. */
const SAID: readonly (readonly [problem: string, exitCode: number, ...errors: string[]])[] = [
  ['password', 1, 'Fatal: wrong password or no key found'],
  ['password', 12, 'Fatal: something that a later version says'],
  ['password', 1, 'Resolving password failed: Fatal: /nonexist does not exist'],
  [
    'no_repository',
    1,
    'Fatal: unable to open config file: stat none/config: no such file or directory',
  ],
  [
    'no_repository',
    10,
    'Fatal: repository does not exist: unable to open config file: stat x/config',
  ],
  ['permission', 1, 'Fatal: unable to open config file: open x/config: permission denied'],
  ['no_tool', 127],
  [
    'no_tool',
    1,
    'Fatal: unable to open repository at rclone:a:b: exec: "rclone": executable file not found in $PATH',
  ],
  [
    'no_space',
    1,
    'ignoring error for /f2: write /out/f2: no space left on device',
    'Fatal: There were 1 errors',
  ],
  [
    'damaged',
    1,
    'ignoring error for /f2: ciphertext verification failed',
    'Fatal: There were 2 errors',
  ],
  ['damaged', 1, 'LoadRaw(<index/bdaee83ccd>): invalid data returned'],
  [
    'damaged',
    1,
    'Load(<data/6d0a7e28cf>, 42, 100130) failed: open repo/data/6d/6d0a: no such file or directory',
  ],
  ['damaged', 1, 'ReadFull(<data/6d0a7e28cf>): <data/6d0a7e28cf> does not exist'],
  ['damaged', 1, 'id e40d77fa not found in repository'],
  ['damaged', 1, 'Load(<data/3976d4d5fd>, 592, 316) returned error, retrying after 552ms: EOF'],
  ['damaged', 1, 'ReadFull(<data/1c51cc422e>): file is too short'],
  [
    'damaged',
    1,
    'Load(<data/6d0a7e28cf>, 42, 0) returned error, retrying after 552ms: read repo/data/6d/6d0a: input/output error',
  ],
  [
    'no_snapshot',
    1,
    'Load(<snapshot/0123456789>, 0, 0) failed: open x: no such file or directory',
    'failed to load snapshot 01234567: open x: no such file or directory',
  ],
  [
    'unreachable',
    1,
    'Fatal: unable to open repository at rclone:nope:repo: error talking HTTP to rclone: exit status 1',
  ],
  ['unreachable', 1, 'read /mnt/nas/data/ab: input/output error'],
  ['other', 1, 'Fatal: flux capacitor is empty'],
  ['other', 1],
];

test.each(SAID)('%s, after exit code %i and %j', (problem, exitCode, ...errors) => {
  expect(classifyFailure({ exitCode, errors }).problem).toBe(problem);
});

test('the most useful line is shown, not the first or the last', () => {
  const errors = ['rclone: NOTICE', 'Fatal: wrong password or no key found', 'at main.go:1'];
  expect(classifyFailure({ exitCode: 1, errors }).line).toBe(errors[1]);
});

describe('lines of standard error', () => {
  test.each([
    ['Fatal: plain', 'Fatal: plain'],
    ['{"message_type":"exit_error","code":12,"message":"Fatal: no\\nat main.go"}', 'Fatal: no'],
    ['{"message_type":"error","error":{"message":"no space"},"item":"/f"}', 'no space'],
    ['{"message_type":"error","error":"text"}', '{"message_type":"error","error":"text"}'],
    ['{broken', '{broken'],
    ['null', 'null'],
  ])('%s', (line, message) => {
    expect(messageOf(line)).toBe(message);
  });

  test('an object that is asked for again', () => {
    const old =
      'Load(<data/eb2be4fc5d>, 300260, 0) returned error, retrying after 552ms: open x: no such file or directory';
    expect(missingObject(old)).toBe('<data/eb2be4fc5d>');
    expect(missingObject(old.replace('no such file or directory', 'timeout'))).toBeUndefined();
  });
});

test('a message stays short when a snapshot has long names', () => {
  expect(messageOf(`open ${'x'.repeat(100_000)}`).length).toBeLessThan(2_000);
  expect(messageOf(JSON.stringify({ message: 'y'.repeat(100_000) })).length).toBeLessThan(2_000);
});
