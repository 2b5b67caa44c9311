import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FileCalls } from '../../../../../src/locations/directory/io/file-calls.ts';
import { FilePool } from '../../../../../src/locations/directory/io/file-pool.ts';
import { within } from '../../../../../src/locations/directory/io/open-place.ts';
import { repositories } from '../../../../../src/locations/directory/io/repositories.ts';
import { onCleanUp } from '../../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../../support/temp.ts';

function makeRepository(path: string): void {
  for (const kind of ['data', 'index', 'keys', 'locks', 'snapshots'])
    mkdirSync(join(path, kind), { recursive: true });
  writeFileSync(join(path, 'config'), 'encrypted');
}

function look(root: string, parts: readonly string[] = ['*'], most = 100) {
  const { found, ...rest } = within(root, (place) =>
    repositories(place, parts, { most, apart: [] }),
  );
  return { ...rest, found: found.map(({ path, is, target }) => [is, path, target ?? '']) };
}

test('a repository is a directory with a config, keys, data and snapshots', () => {
  const root = temporaryDirectory();
  for (const name of ['b', 'a', '.hidden']) makeRepository(join(root, name));
  makeRepository(join(root, 'a/nested'));
  mkdirSync(join(root, 'empty'));
  makeRepository(join(root, 'user/laptop'));
  mkdirSync(join(root, 'half/keys'), { recursive: true });
  writeFileSync(join(root, 'half/config'), 'encrypted');
  writeFileSync(join(root, 'file'), '');

  expect(look(root)).toEqual({
    real: realpathSync(root),
    isCut: false,
    found: [
      ['repository', 'a', ''],
      ['repository', 'b', ''],
    ],
  });
  expect(look(root, ['*', '*']).found).toEqual([
    ['repository', 'a', ''],
    ['repository', 'b', ''],
    ['repository', 'user/laptop', ''],
  ]);
  expect(look(root, ['user', '*']).found).toEqual([['repository', 'user/laptop', '']]);
});

test('what is mounted is left alone, and is searched as a place of its own', () => {
  const root = temporaryDirectory();
  for (const name of ['a', 'user/b', 'user/c']) makeRepository(join(root, name));
  const search = (path: string, parts: readonly string[], apart: readonly string[] = []) =>
    within(path, (place) =>
      repositories(place, parts, { most: 100, apart, isEntry: path !== root }),
    ).found.map((each) => each.path);

  expect(search(root, ['*', '*'], ['a', 'user/b'])).toEqual(['user/c']);
  expect(search(join(root, 'a'), [])).toEqual(['']);
  expect(search(join(root, 'a'), ['*'])).toEqual(['']);
  expect(search(join(root, 'user'), ['*'], ['b'])).toEqual(['c']);
  expect(search(join(root, 'user'), [])).toEqual([]);
});

test('a replica of ours is no new repository', () => {
  const root = temporaryDirectory();
  makeRepository(join(root, 'a'));
  mkdirSync(join(root, 'a/.backup-syncd'));

  expect(look(root).found).toEqual([]);
});

test('links are reported and never followed', () => {
  const [root, other] = [temporaryDirectory(), temporaryDirectory()];
  makeRepository(join(other, 'victim'));
  symlinkSync(join(other, 'victim'), join(root, 'evil'));
  symlinkSync('../loop', join(root, 'loop'));
  symlinkSync(other, join(root, 'user'));
  makeRepository(join(root, 'parts'));
  mkdirSync(join(root, 'pretends/snapshots'), { recursive: true });
  for (const name of ['config', 'keys', 'data'])
    symlinkSync(join(other, 'victim', name), join(root, 'pretends', name));

  expect(look(root).found).toEqual([
    ['link', 'evil', join(other, 'victim')],
    ['link', 'loop', expect.stringMatching(/\/loop$/)],
    ['repository', 'parts', ''],
    ['link', 'user', other],
  ]);
  expect(look(root, ['user', '*']).found).toEqual([]);
});

test('the root itself may be a link: that is what the operator wrote', () => {
  const [root, link] = [temporaryDirectory(), join(temporaryDirectory(), 'link')];
  makeRepository(join(root, 'a'));
  symlinkSync(root, link);

  expect(look(link)).toMatchObject({ real: root, found: [['repository', 'a', '']] });
});

test('what may not be read is reported, except lost+found, and the rest is found', () => {
  if (process.geteuid?.() === 0) process.seteuid?.(65_534);
  try {
    const root = temporaryDirectory();
    for (const name of ['locked', 'lost+found', 'open']) makeRepository(join(root, name));
    for (const name of ['locked', 'lost+found']) chmodSync(join(root, name), 0);

    expect(look(root).found).toEqual([
      ['denied', 'locked', ''],
      ['repository', 'open', ''],
    ]);
    expect(look(root, ['*', '*']).found).toContainEqual(['denied', 'locked/*', '']);
    for (const name of ['locked', 'lost+found']) chmodSync(join(root, name), 0o700);
  } finally {
    if (process.getuid?.() === 0) process.seteuid?.(0);
  }
});

test('the number of entries that are checked is limited', () => {
  const root = temporaryDirectory();
  for (let i = 0; i < 20; i++) mkdirSync(join(root, `user-${i}/deeper`), { recursive: true });
  makeRepository(join(root, 'a'));

  expect(look(root, ['*'], 21)).toMatchObject({ isCut: false, found: [['repository', 'a', '']] });
  expect(look(root, ['*'], 5).isCut).toBe(true);
  expect(look(root, ['*', '*'], 30).isCut).toBe(true);
});

test('a missing directory is an error', () => {
  expect(() => look(join(temporaryDirectory(), 'gone'))).toThrow('ENOENT');
});

test('each entry that is checked is progress, so that a slow disk is not taken for one that hangs', async () => {
  const root = temporaryDirectory();
  for (const name of ['a', 'b', 'c', 'd']) mkdirSync(join(root, name));
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  const calls = new FileCalls({ pool, root, role: 'source', silenceMs: 60_000 });
  const { signal } = new AbortController();
  let checked = 0;
  const onProgress = ({ objects }: { readonly objects: number }): void => {
    checked += objects;
  };

  await calls.call('repositories', { signal, onProgress }, ['*'], { most: 100, apart: [] });

  expect(checked).toBe(4);
});
