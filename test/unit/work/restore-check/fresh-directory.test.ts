import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FreshDirectory } from '../../../../src/work/restore-check/fresh-directory.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

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
