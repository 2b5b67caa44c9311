import { expect, test } from '@jest/globals';
import { classify } from '../../../../src/locations/directory/classify.ts';
import { FileCallError } from '../../../../src/locations/directory/io/file-thread.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';

function failure(code: string, side: 'source' | 'target' = 'target'): FileCallError {
  return new FileCallError({ message: `${code}: no`, code, path: '/place/x', side });
}

test.each([
  ['ENOENT', 'not_initialised'],
  ['ENOTDIR', 'not_initialised'],
  ['EACCES', 'permission'],
  ['EPERM', 'permission'],
  ['EROFS', 'permission'],
  ['ENOSPC', 'no_space'],
  ['EDQUOT', 'no_space'],
  ['EIO', 'unreachable'],
  ['ESTALE', 'unreachable'],
  ['ENOTCONN', 'unreachable'],
  ['EXDEV', 'tool'],
  ['EMFILE', 'tool'],
])('%s at a backend is %s, with a hint', (code, reason) => {
  const error = classify(failure(code), 'backend');

  expect(error).toMatchObject({ reason, message: `${code}: no` });
  expect((error as SyncdError).hint).not.toBe('');
  expect((error as SyncdError).hint).toBeDefined();
});

test.each(['ENOENT', 'EACCES', 'EIO', 'EWHATEVER'])('%s at a source says so', (code) => {
  expect(classify(failure(code), 'source')).toMatchObject({ reason: 'source_unavailable' });
  expect(classify(failure(code, 'source'), 'backend')).toMatchObject({
    reason: 'source_unavailable',
  });
});

test('what nobody knows is internal, and keeps its message', () => {
  expect(classify(failure('EWHATEVER'), 'backend')).toMatchObject({ reason: 'internal' });
});

test('errors that have their class already, and aborts, pass unchanged', () => {
  const known = new SyncdError('timeout', 'silent');
  const abort = new DOMException('aborted', 'AbortError');

  expect(classify(known, 'source')).toBe(known);
  expect(classify(abort, 'backend')).toBe(abort);
});
