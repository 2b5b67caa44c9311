import { constants } from 'node:os';
import { expect, test } from '@jest/globals';
import { errorCode, errorMessage } from '../../../src/runtime/system-error.ts';
import { asSyncdError } from '../../../src/runtime/errors.ts';

test.each([
  [-122, 'Unknown system error -122', 'EDQUOT'],
  [-116, 'UNKNOWN', 'ESTALE'],
  [-121, 'EREMOTEIO', 'EREMOTEIO'],
  [-2, 'ENOENT', 'ENOENT'],
  [-4242, 'UNKNOWN', 'errno 4242'],
])('errno %i with the code %s is %s', (errno, code, name) => {
  expect(errorCode(Object.assign(new Error('x'), { errno, code }))).toBe(name);
});

test.each([undefined, null, 'ENOENT', new Error('x'), { code: 7 }])('%p has no code', (error) => {
  expect(errorCode(error)).toBe('');
});

test.each([
  [
    'Unknown system error -122: Unknown system error -122, write',
    'EDQUOT: disk quota exceeded, write',
  ],
  ["UNKNOWN: unknown error, open '/a, b'", "EDQUOT: disk quota exceeded, open '/a, b'"],
])('%s says what it is', (message, better) => {
  const code = message.slice(0, message.indexOf(':'));
  expect(errorMessage(Object.assign(new Error(message), { errno: -122, code }))).toBe(better);
});

test('a limit of this machine is reported as `tool`, even when it is wrapped in another error', () => {
  const wrapped = new Error('Worker initialization failure: EMFILE');

  expect(asSyncdError(wrapped)).toMatchObject({ reason: 'tool' });
  expect(asSyncdError(wrapped).hint).toContain('LimitNOFILE');
  expect(asSyncdError(new TypeError('x is not a function'))).toMatchObject({ reason: 'internal' });
  expect(asSyncdError(new TypeError('x')).hint).toContain('report');
});

test('names agree with those of the system', () => {
  for (const [name, errno] of Object.entries(constants.errno)) {
    const found = errorCode(Object.assign(new Error(''), { errno: -errno, code: 'UNKNOWN' }));
    if (!found.startsWith('errno')) expect(found).toBe(name);
  }
});
