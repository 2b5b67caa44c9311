import { constants } from 'node:os';
import { expect, test } from '@jest/globals';
import { classify } from '../../../../src/locations/directory/classify.ts';
import { FileCallError } from '../../../../src/locations/directory/io/file-call-error.ts';
import { asSyncdError, SyncdError } from '../../../../src/runtime/errors.ts';
import { asUser } from '../../../support/as-user.ts';

function failure(code: string, side: 'source' | 'target' = 'target'): FileCallError {
  return new FileCallError({ message: `${code}: no`, code, path: '/place/x', side });
}

const asRoot = process.geteuid?.() === 0 ? test : test.skip;

const BACKEND = { role: 'backend', root: '/place' } as const;
const SOURCE = { role: 'source', root: '/source' } as const;

test.each([
  ['ENOENT', 'not_initialised', /mounted/],
  ['ENOTDIR', 'not_initialised', /where a directory should be/],
  ['ELOOP', 'not_initialised', /symbolic link/],
  ['EACCES', 'permission', /chown|root/],
  ['EPERM', 'permission', /chown|root/],
  ['EROFS', 'permission', /read-only/],
  ['ENOSPC', 'no_space', /free some space/],
  ['EDQUOT', 'no_space', /quota/],
  ['EKEYEXPIRED', 'auth', /Kerberos/],
  ['ENOKEY', 'auth', /Kerberos/],
  ['EIO', 'unreachable', /dmesg/],
  ['EREMOTEIO', 'unreachable', /dmesg/],
  ['EUCLEAN', 'unreachable', /fsck/],
  ['ESTALE', 'unreachable', /remount/],
  ['ENOTCONN', 'unreachable', /mount it again/],
  ['ECONNRESET', 'unreachable', /network/],
  ['ENOLINK', 'unreachable', /network/],
  ['EAGAIN', 'unreachable', /retry/],
  ['EINTR', 'unreachable', /retry/],
  ['ETXTBSY', 'tool', /another process/],
  ['ENAMETOOLONG', 'tool', /shorter path/],
  ['ENOTSUP', 'tool', /another file system/],
  ['EXDEV', 'tool', /another file system/],
  ['EMFILE', 'tool', /LimitNOFILE/],
  ['ENFILE', 'tool', /file-max/],
  ['ENOMEM', 'tool', /memory/],
  ['errno 4242', 'unreachable', /dmesg/],
  ['EWHATEVER', 'unreachable', /dmesg/],
])('%s at a backend is %s, with a hint', (code, reason, hint) => {
  const error = classify(failure(code), BACKEND);

  expect(error).toMatchObject({ reason, message: `${code}: no '/place/x'` });
  expect((error as SyncdError).hint).toMatch(hint);
});

test.each([
  ['ELOOP', /form a loop: correct them, or configure/],
  ['ENOTDIR', /in the way: move it away, or configure/],
])('%s of the configured path is no matter of what lies below it', (code, hint) => {
  const ofRoot = new FileCallError({ message: code, code, path: '/place', side: 'target' });
  expect((classify(ofRoot, BACKEND) as SyncdError).hint).toMatch(hint);
  expect((classify(failure(code), BACKEND) as SyncdError).hint).not.toMatch(hint);
});

test('every error number of the system has a reason and a hint on both sides', () => {
  for (const code of Object.keys(constants.errno)) {
    for (const place of [BACKEND, SOURCE]) {
      const error = classify(failure(code), place);
      expect({ code, error }).toMatchObject({
        code,
        error: { hint: expect.stringMatching(/.{20}/) },
      });
      expect((error as SyncdError).reason).not.toBe('internal');
    }
  }
});

test.each(['ENOENT', 'EACCES', 'EIO', 'ENOSPC', 'EWHATEVER'])('%s at a source says so', (code) => {
  for (const error of [classify(failure(code), SOURCE), classify(failure(code, 'source'), BACKEND)])
    expect(error).toMatchObject({ reason: 'source_unavailable' });
});

test.each(['ENOENT', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EMLINK', 'ENAMETOOLONG'])(
  'what is to be done about %s at a source is something else than at a backend',
  (code) => {
    const [atSource, atBackend] = [SOURCE, BACKEND].map((place) => classify(failure(code), place));
    expect((atSource as SyncdError).hint).not.toBe((atBackend as SyncdError).hint);
  },
);

test.each(['EMFILE', 'ENFILE', 'ENOMEM'])('%s says nothing about a source', (code) => {
  expect(classify(failure(code, 'source'), BACKEND)).toMatchObject({ reason: 'tool' });
  expect(classify(failure(code), SOURCE)).toMatchObject({ reason: 'tool' });
});

asRoot('an error of the source during a copy is fixed at the source, not at the backend', () => {
  const path = '/source/a/data/92/92ab';
  const error = new FileCallError({
    message: 'EACCES: no',
    code: 'EACCES',
    path,
    side: 'source',
    refusal: { path, lacks: 'r', owner: 1 },
  });
  const hint = asUser(54_321, () => (classify(error, BACKEND) as SyncdError).hint);
  expect(hint).not.toContain('/place');
  expect(hint).toContain('chmod -R g+rX /source/a &&');
});

test('errors of calls on an open file name the place', () => {
  const error = new FileCallError({
    message: 'EPERM: no, write',
    code: 'EPERM',
    path: '',
    side: 'target',
  });

  expect(classify(error, BACKEND)).toMatchObject({ message: "EPERM: no, write '/place'" });
  expect((classify(error, BACKEND) as SyncdError).hint).toContain('/place');
});

test('a bug in this program is reported as internal, with its message', () => {
  const error = classify(failure('ERR_OUT_OF_RANGE'), BACKEND);

  expect(asSyncdError(error)).toMatchObject({
    reason: 'internal',
    message: 'ERR_OUT_OF_RANGE: no',
  });
});

test('errors that have their class already, and aborts, pass unchanged', () => {
  const known = new SyncdError('timeout', 'silent');
  const abort = new DOMException('aborted', 'AbortError');

  expect(classify(known, SOURCE)).toBe(known);
  expect(classify(abort, BACKEND)).toBe(abort);
});
