import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findRunit, readLinks, readServices } from '../../../src/runit/tree.ts';
import { temporaryDirectory } from '../../support/temp.ts';

test('the layout is used where the folder is', async () => {
  const config = temporaryDirectory();
  expect(await findRunit(config)).toBeUndefined();
  writeFileSync(join(config, 'runit'), '');
  expect(await findRunit(config)).toBeUndefined();

  const other = temporaryDirectory();
  mkdirSync(join(other, 'runit'));
  expect(await findRunit(other)).toBe(join(other, 'runit'));
});

test('services are the directories that runit would run, and it is known whether they were made', async () => {
  const runit = temporaryDirectory();
  expect(await readServices(runit, 'ahost')).toEqual({ link: 'none' });
  expect(await readLinks(runit)).toEqual([]);

  const services = join(runit, 'clients', 'ahost', 'services');
  mkdirSync(join(runit, 'clients', 'ahost'), { recursive: true });
  expect(await readServices(runit, 'ahost')).toEqual({ names: [], link: 'none' });
  for (const name of ['minio', 'backup-syncd', '.minio.new'])
    mkdirSync(join(services, name), { recursive: true });
  writeFileSync(join(services, 'README'), '');
  expect(await readServices(runit, 'ahost')).toEqual({
    names: ['backup-syncd', 'minio'],
    link: 'none',
  });
});
