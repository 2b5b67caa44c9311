import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { meaningOf } from '../../../src/locations/directory/errno-meanings.ts';
import { ownFilesHint } from '../../../src/runtime/own-files-hint.ts';
import { permissionHint } from '../../../src/runtime/permission-hint.ts';
import { findRefusal } from '../../../src/runtime/refusal.ts';
import { asUser } from '../../support/as-user.ts';
import { openTemporaryDirectory } from '../../support/temp.ts';

const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
const SOMEBODY = 54_321;

asRoot('the first directory on the way that refuses is found, and what it refuses', () => {
  const root = openTemporaryDirectory();
  const place = join(root, 'mnt/usb/restic');
  mkdirSync(place, { recursive: true });
  chmodSync(join(root, 'mnt'), 0o755);
  chmodSync(join(root, 'mnt/usb'), 0o700);
  const found = (wants: 'r' | 'rw', path = place) =>
    asUser(SOMEBODY, () => findRefusal(path, wants));

  expect(found('r')).toEqual({ path: join(root, 'mnt/usb'), lacks: 'x', owner: 0 });
  chmodSync(join(root, 'mnt/usb'), 0o711);
  expect(found('rw', join(place, 'keys/a'))).toBeUndefined(); // something else is in the way
  chmodSync(place, 0o711);
  expect(found('r')).toEqual({ path: place, lacks: 'r', owner: 0 });
  writeFileSync(join(place, 'config'), '', { mode: 0o600 });
  expect(found('r', join(place, 'config'))).toMatchObject({ lacks: 'r' });
  chownSync(place, SOMEBODY, SOMEBODY);
  expect(found('r')).toBeUndefined();
});

asRoot.each([
  [{ path: '/mnt/usb', lacks: 'x' }, 'backend', 'pass through /mnt/usb', 'chmod o+x /mnt/usb'],
  [{ path: '/mnt/usb/a/keys', lacks: 'w' }, 'backend', 'write to', 'chown -R 54321 /mnt/usb/a'],
  [
    { path: '/mnt/usb/a/config', lacks: 'r' },
    'source',
    'read',
    'chgrp -R 54321 /mnt/usb/a && chmod',
  ],
] as const)('%j is reported with the command that helps', (...[refusal, side, verb, command]) => {
  const question = { root: '/mnt/usb/a', path: '/mnt/usb/a/x', side };
  const hint = asUser(SOMEBODY, () =>
    permissionHint({ ...question, refusal: { ...refusal, owner: 0 } }),
  );
  expect(hint).toContain(`uid 54321 may not ${verb}`);
  expect(hint).toContain('which belongs to user root (uid 0)');
  expect(hint).toContain(command);
});

asRoot('a directory of our own keeps its owner: another caller is told to run as that user', () => {
  const directory = openTemporaryDirectory();
  chownSync(directory, SOMEBODY, SOMEBODY);
  const hint = asUser(SOMEBODY + 1, () => ownFilesHint({ code: 'EACCES' }, directory));
  expect(hint).toContain(`sudo -u ${SOMEBODY}`);
  expect(hint).not.toContain('chown');
});

asRoot(
  'a directory above our own that is shut is what to open, not a reason to make it again',
  () => {
    const directory = join(openTemporaryDirectory(), 'up/state');
    mkdirSync(directory, { recursive: true });
    chmodSync(dirname(directory), 0o700);
    chownSync(directory, SOMEBODY, SOMEBODY);
    const hint = asUser(SOMEBODY, () => ownFilesHint({ code: 'EACCES' }, directory));
    expect(hint).toBe(
      `uid ${SOMEBODY} may not pass through ${dirname(directory)}; as root, run: chmod o+x ${dirname(directory)}`,
    );
  },
);

test.each([
  ['ENOENT', /install -d/],
  ['ENOTDIR', /a file is in the way/],
  ['EEXIST', /a file is in the way/],
  ['ELOOP', /form a loop/],
  ['ENAMETOOLONG', /too long/],
  ['ENOSPC', /df -h .* and 'df -i/],
  ['EDQUOT', /quota/],
  ['EROFS', /findmnt/],
  ['EIO', /kernel log/],
  ['EUCLEAN', /fsck/],
  ['ENOMEDIUM', /insert the disk/],
  ['ESTALE', /remount/],
  ['ENOTCONN', /mount it again/],
  ['ETIMEDOUT', /check it, the network/],
  ['EAGAIN', /retry/],
  ['EKEYEXPIRED', /Kerberos/],
  ['EMFILE', /LimitNOFILE/],
  ['ENFILE', /file-max/],
  ['ENOMEM', /memory/],
  ['EWHATEVER', /kernel log/],
])('%s in a directory of our own has a hint that fits', (code, hint) => {
  expect(ownFilesHint({ code }, '/var/lib/backup-syncd')).toMatch(hint);
});

test('an error of a mount has the same hint wherever it comes from', () => {
  for (const code of ['EIO', 'EUCLEAN', 'ENOMEDIUM', 'ESTALE', 'ENOTCONN', 'ETIMEDOUT', 'ENOKEY'])
    expect(meaningOf(code)?.hint).toBe(ownFilesHint({ code }, '/var/lib/backup-syncd'));
});
