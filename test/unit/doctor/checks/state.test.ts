import { expect, test } from '@jest/globals';
import { judgeState, type FoundState } from '../../../../src/doctor/checks/state.ts';

const user = { uid: 0, words: 'user root (uid 0)', isDaemon: true };
const FOUND: FoundState = { uid: 0, mode: 0o40700, foreign: [], type: 'ext4' };

const judge = (found?: Partial<FoundState>) =>
  judgeState({ directory: '/s', user, ...(found && { found: { ...FOUND, ...found } }) });

test('owner and mode', () => {
  expect(judge({})).toEqual([
    { severity: 'ok', message: '/s belongs to user root (uid 0), mode 700' },
  ]);
});

test('none yet', () => {
  expect(judge()).toMatchObject([
    { severity: 'warning', hint: expect.stringContaining('install -d -m 700 -o USER /s') },
  ]);
});

test.each([
  [{ mode: 0o40777 }, ['error', 'everyone can write', 'chmod o-w /s']],
  [{ foreign: ['a.json', 'b'] }, ['error', '2 of the files', 'chown -R root /s']],
  [{ sharedWith: 'ahost/usb' }, ['warning', 'backend ahost/usb', 'stateDirectory']],
  [{ type: 'nfs4' }, ['warning', 'another machine (nfs4)', 'stateDirectory']],
  [{ type: 'fuse.sshfs' }, ['warning', 'another machine', 'stateDirectory']],
])('%j', (found, [severity, message = '', hint = '']) => {
  expect(judge(found)).toEqual([
    {
      severity,
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining(hint) as unknown,
    },
  ]);
});
