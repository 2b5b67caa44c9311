import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeDirectory } from '../../../../src/kinds/directory/make.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

test('a place is created with its parents, for its owner only, and only once', async () => {
  const path = join(temporaryDirectory(), 'a', 'b');
  expect(await makeDirectory(path, owner)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(await makeDirectory(path, owner)).toBe(false);
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;

asRoot('what root makes belongs to the one who will use it', async () => {
  const parent = temporaryDirectory();
  await makeDirectory(join(parent, 'a', 'b'), { uid: 54_321, gid: 54_322 });
  for (const path of ['a', 'a/b'])
    expect(statSync(join(parent, path))).toMatchObject({ uid: 54_321, gid: 54_322 });
  expect(statSync(parent).uid).toBe(0);
});

test('a file in the way is reported with what to check, and is left alone', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  await expect(makeDirectory(join(file, 'place'), owner)).rejects.toMatchObject({
    reason: 'not_initialised',
    message: expect.stringContaining(`cannot create ${file}`),
    hint: expect.stringMatching(/./),
  });
  expect(existsSync(file)).toBe(true);
});
