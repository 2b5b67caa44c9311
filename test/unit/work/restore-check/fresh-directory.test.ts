import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FreshDirectory } from '../../../../src/work/restore-check/fresh-directory.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { mountPassthrough } from '../../../support/fuse.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { describeWithTools } from '../../../support/tools.ts';

test('it is empty and for the owner only, and goes with all that is in it, but not with what links lead to', async () => {
  const [parent, outside] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(outside, 'mine'), '');
  const directory = new FreshDirectory(parent, 'ahost');
  await directory.create();
  expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  mkdirSync(join(directory.path, 'closed'));
  symlinkSync(outside, join(directory.path, 'closed', 'link'));
  chmodSync(join(directory.path, 'closed'), 0);
  await directory.clear();
  expect([existsSync(directory.path), existsSync(join(outside, 'mine'))]).toEqual([false, true]);
});

test('what a check of this process restores is not removed as what an earlier one left', async () => {
  const directory = new FreshDirectory(temporaryDirectory(), 'ahost');
  mkdirSync(directory.path);
  await directory.clearLeftOver();
  expect(existsSync(directory.path)).toBe(false);
  await directory.create();
  await directory.clearLeftOver();
  expect(existsSync(directory.path)).toBe(true);
});

test('it is not made where others could replace it', async () => {
  const parent = temporaryDirectory();
  const directory = new FreshDirectory(parent, 'ahost');
  chmodSync(parent, 0o777);
  await expect(directory.create()).rejects.toThrow('every user can write to it');
  chmodSync(parent, 0o1777); // as /tmp
  await directory.create();
  await directory.clear();
  if (process.geteuid?.() !== 0) return; // only root can give a directory away
  chmodSync(parent, 0o700);
  chownSync(parent, 12_345, 12_345);
  await expect(directory.create()).rejects.toThrow('it belongs to another user');
});

test('it refuses a place inside a repository, also behind a link (I12)', async () => {
  const [source, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
  for (const name of ['keys', 'data']) mkdirSync(join(source, name));
  writeFileSync(join(source, 'config'), '');
  symlinkSync(source, join(elsewhere, 'link'));
  mkdirSync(join(source, 'there'));
  for (const parent of [source, join(source, 'there'), join(elsewhere, 'link', 'new')])
    await expect(new FreshDirectory(parent, 'ahost').create()).rejects.toThrow(
      `it is inside the repository ${source}`,
    );
  expect(readdirSync(source).sort()).toEqual(['config', 'data', 'keys', 'there']);
  expect(readdirSync(join(source, 'there'))).toEqual([]);
});

describeWithTools(['fuse'], 'on a mount that hangs', () => {
  test('it says so, and takes no thread of Node', async () => {
    const mount = await mountPassthrough();
    onCleanUp(() => mount.thaw());
    const directory = new FreshDirectory(mount.path, 'ahost');
    await mount.freeze();

    for (const call of [directory.create(), directory.clear()])
      await expect(call).rejects.toThrow('it did not respond within 5 s');
    expect(process.getActiveResourcesInfo()).not.toContain('FSReqPromise');
  }, 30_000);
});
