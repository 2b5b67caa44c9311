import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SILENT_LOG } from '../../../../src/log/log.ts';
import { runCommand } from '../../../../src/work/restore-check/run-command.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

/** Judges with a script of these lines. */
async function judge(lines: string, { deadlineMs = 30_000, mode = 0o700 } = {}) {
  const program = join(temporaryDirectory(), 'judge');
  writeFileSync(program, `#!/bin/sh\n${lines}\n`);
  chmodSync(program, mode);
  const options = {
    settings: { command: [program] as const, commandDeadlineMs: deadlineMs },
    place: { name: 'nas' },
    client: 'ahost',
    snapshot: 'abc',
    env: process.env,
    log: SILENT_LOG,
    signal: new AbortController().signal,
  };
  return runCommand(options, '/restored');
}

test('what the program says of the files counts', async () => {
  expect(await judge('[ "$1" = /restored ]')).toEqual([]);
  expect(await judge('exit 3')).toMatchObject([{ what: 'exited with 3' }]);
});

test.each([
  ['cannot run', 'exit 0', { mode: 0o600 }, /126|127/],
  ['calls a program that is not there', 'not-there', {}, /exited with 127/],
  ['is killed', 'kill -9 $$', {}, /was killed by a signal/],
  ['does not finish', 'sleep 60', { deadlineMs: 50 }, /did not finish within/],
])('a program that %s has judged nothing', async (...[, lines, how, message]) => {
  await expect(judge(lines, how)).rejects.toMatchObject({
    reason: 'tool',
    hint: expect.any(String),
    message: expect.stringMatching(message),
  });
});
