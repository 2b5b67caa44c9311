import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createFile, replaceFile } from '../../../../src/config/edit/replace-file.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

function fileWith(content: string, mode = 0o640): string {
  const path = join(temporaryDirectory(), 'ahost.yaml');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function namesBeside(path: string): string[] {
  return readdirSync(join(path, '..'));
}

test('a file is replaced with its mode, through a link, and nothing is left beside it', async () => {
  const path = fileWith('old', 0o604);
  const link = join(temporaryDirectory(), 'link.yaml');
  symlinkSync(path, link);

  await replaceFile(link, { before: 'old', after: 'new' });

  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o604);
  expect([...namesBeside(path), ...namesBeside(link)]).toEqual(['ahost.yaml', 'link.yaml']);
});

test('a file with a byte order mark, which is not part of its text, can be changed', async () => {
  const path = fileWith('\uFEFFold');
  await replaceFile(path, { before: 'old', after: 'new' });
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a file that was changed in the meantime is kept, and the command says so', async () => {
  const path = fileWith('by hand');
  await expect(replaceFile(path, { before: 'old', after: 'new' })).rejects.toMatchObject({
    why: 'busy',
    message: expect.stringContaining('someone else changed') as unknown,
  });
  expect(readFileSync(path, 'utf8')).toBe('by hand');
  expect(namesBeside(path)).toEqual(['ahost.yaml']);
});

test('of many changes of one file at once, one is made, and the others say that nothing was written', async () => {
  const path = fileWith('old');
  const changes = Array.from({ length: 8 }, (_, n) => `new ${n}`);

  const results = await Promise.allSettled(
    changes.map((after) => replaceFile(path, { before: 'old', after })),
  );

  const done = changes.filter((_, n) => results[n]?.status === 'fulfilled');
  expect(done).toEqual([readFileSync(path, 'utf8')]);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ why: 'busy' });
});

test('a command that may still run has a message that helps', async () => {
  const path = fileWith('old');
  const lock = join(path, '..', '.ahost.yaml.lock');
  writeFileSync(lock, '');
  await expect(replaceFile(path, { before: 'old', after: 'new' })).rejects.toMatchObject({
    why: 'busy',
    hint: expect.stringContaining(`remove ${lock}`),
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
});

test('what a killed command left is no obstacle, and is gone afterwards', async () => {
  const path = fileWith('old');
  const leave = () => {
    writeFileSync(join(path, '..', '.ahost.yaml.new'), 'half of');
    symlinkSync('{"pid":99999999}', join(path, '..', '.ahost.yaml.lock'));
  };
  leave();
  await replaceFile(path, { before: 'old', after: 'new' });
  expect(namesBeside(path)).toEqual(['ahost.yaml']);

  rmSync(path);
  leave();
  expect(await createFile(path, 'text')).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('text');
  expect(namesBeside(path)).toEqual(['ahost.yaml']);
});

test('a file that does not exist, or a directory, is a sentence', async () => {
  const path = join(temporaryDirectory(), 'none.yaml');
  await expect(replaceFile(path, { before: '', after: '' })).rejects.toMatchObject({
    why: 'unavailable',
  });
  mkdirSync(path);
  await expect(replaceFile(path, { before: '', after: '' })).rejects.toMatchObject({
    why: 'unavailable',
  });
});

test('of many that make one file at once, one does, and who may read the directory may read it', async () => {
  const path = join(temporaryDirectory(), 'clients', 'ahost.yaml');
  mkdirSync(join(path, '..'));
  chmodSync(join(path, '..'), 0o750);
  const texts = Array.from({ length: 8 }, (_, n) => `text ${n}`);

  const made = await Promise.all(texts.map((text) => createFile(path, text)));

  expect(texts.filter((_, n) => made[n])).toEqual([readFileSync(path, 'utf8')]);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(namesBeside(path)).toEqual(['ahost.yaml']);
});

test('the first file makes its directory, like the one above', async () => {
  const root = temporaryDirectory();
  chmodSync(root, 0o750);
  expect(await createFile(join(root, 'clients', 'ahost.yaml'), 'text')).toBe(true);
  expect(statSync(join(root, 'clients')).mode & 0o777).toBe(0o750);
  expect(statSync(join(root, 'clients', 'ahost.yaml')).mode & 0o777).toBe(0o640);
});
