import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  isSupervised,
  linkServices,
  prepareServices,
  renameServices,
  unlinkServices,
} from '../../../src/runit/change.ts';
import { temporaryDirectory } from '../../support/temp.ts';

/** A tree whose template has a service with a script and a secret, and which runit has run itself. */
function makeTree(): string {
  const runit = join(temporaryDirectory(), 'runit');
  const service = join(runit, 'template', 'services', 'one');
  mkdirSync(join(service, 'env'), { recursive: true });
  mkdirSync(join(service, 'supervise'));
  execFileSync('mkfifo', [join(service, 'supervise', 'ok')]);
  writeFileSync(join(service, 'run'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(service, 'env', 'PASSWORD'), 'x\n', { mode: 0o600 });
  symlinkSync('run', join(service, 'again'));
  chmodSync(service, 0o750);
  return runit;
}

test('the services of a client are a copy of the template, once, without the state of a runsv', async () => {
  const runit = makeTree();

  expect(await prepareServices(runit, 'ahost')).toBe(true);

  const service = join(runit, 'clients', 'ahost', 'services', 'one');
  expect(readdirSync(service).sort()).toEqual(['again', 'env', 'run']);
  expect(statSync(join(service, 'run')).mode & 0o777).toBe(0o755);
  expect(statSync(join(service, 'env', 'PASSWORD')).mode & 0o777).toBe(0o600);
  expect(statSync(service).mode & 0o777).toBe(0o750);
  expect(readlinkSync(join(service, 'again'))).toBe('run');

  writeFileSync(join(service, 'own'), '');
  expect(await prepareServices(runit, 'ahost')).toBe(false);
  expect(existsSync(join(service, 'own'))).toBe(true);
  expect(readdirSync(join(runit, 'clients'))).toEqual(['ahost']);
});

test('commands that make the services of one client at the same time make them once, and leave nothing else', async () => {
  const runit = makeTree();

  const made = await Promise.all([1, 2, 3, 4].map(() => prepareServices(runit, 'ahost')));

  expect(made.filter(Boolean)).toHaveLength(1);
  expect(readdirSync(join(runit, 'clients'))).toEqual(['ahost']);
});

test('what a killed command left is no obstacle, and is gone afterwards', async () => {
  const runit = makeTree();
  const clients = join(runit, 'clients');
  mkdirSync(join(clients, '.ahost.new', 'half'), { recursive: true });
  symlinkSync('{"pid":99999999}', join(clients, '.ahost.lock'));

  expect(await prepareServices(runit, 'ahost')).toBe(true);

  expect(readdirSync(clients)).toEqual(['ahost']);
  expect(readdirSync(join(clients, 'ahost'))).toEqual(['services']);
});

test('the template may be a link, and each client still has a copy of its own', async () => {
  const runit = makeTree();
  renameSync(join(runit, 'template'), join(runit, 'version-2'));
  symlinkSync('version-2', join(runit, 'template'));

  await prepareServices(runit, 'ahost');

  expect(lstatSync(join(runit, 'clients', 'ahost')).isDirectory()).toBe(true);
  expect(existsSync(join(runit, 'clients', 'ahost', 'services', 'one', 'run'))).toBe(true);
});

test('without a template, no service is made, and the error says where it should be', async () => {
  const runit = temporaryDirectory();

  await expect(prepareServices(runit, 'ahost')).rejects.toMatchObject({
    message: expect.stringContaining(join(runit, 'template')) as unknown,
    hint: expect.stringContaining('copy it from') as unknown,
  });
  expect(readdirSync(join(runit, 'clients'))).toEqual([]);
});

test('a link is made and removed, and a second time there is nothing to do', async () => {
  const runit = makeTree();
  await prepareServices(runit, 'ahost');
  const path = join(runit, 'enabled', 'ahost');

  expect(await linkServices(runit, 'ahost')).toBe(true);
  expect(await linkServices(runit, 'ahost')).toBe(false);
  expect(readlinkSync(path)).toBe('../clients/ahost');
  expect(existsSync(join(path, 'services', 'one', 'run'))).toBe(true);

  expect(await unlinkServices(runit, 'ahost')).toBe(true);
  expect(await unlinkServices(runit, 'ahost')).toBe(false);
  expect(existsSync(join(runit, 'clients', 'ahost', 'services'))).toBe(true);
});

test('a link of the same meaning that a person made is taken as ours', async () => {
  const runit = makeTree();
  await prepareServices(runit, 'ahost');
  mkdirSync(join(runit, 'enabled'));
  symlinkSync(join(runit, 'clients', 'ahost'), join(runit, 'enabled', 'ahost'));

  expect(await linkServices(runit, 'ahost')).toBe(false);
  expect(await unlinkServices(runit, 'ahost')).toBe(true);
});

test.each(['a directory', 'a link to elsewhere', 'a dangling link'])(
  '%s in place of the link is left alone',
  async (what) => {
    const runit = makeTree();
    await prepareServices(runit, 'ahost');
    const path = join(runit, 'enabled', 'ahost');
    mkdirSync(join(runit, 'enabled'));
    if (what === 'a directory') mkdirSync(path);
    else symlinkSync(what === 'a dangling link' ? '../clients/gone' : '..', path);

    for (const action of [linkServices, unlinkServices])
      await expect(action(runit, 'ahost')).rejects.toMatchObject({
        message: `${path} is not a link to ../clients/ahost`,
      });
    expect(lstatSync(path).isSymbolicLink()).toBe(what !== 'a directory');
  },
);

test('services get another name with all that is in them, and none is no error', async () => {
  const runit = makeTree();
  await prepareServices(runit, 'ahost');
  writeFileSync(join(runit, 'clients', 'ahost', 'own'), '');

  await renameServices(runit, 'ahost', 'bhost');
  await renameServices(runit, 'ahost', 'bhost');

  expect(readdirSync(join(runit, 'clients'))).toEqual(['bhost']);
  expect(existsSync(join(runit, 'clients', 'bhost', 'own'))).toBe(true);
});

test('a client is supervised while a runsv reads its pipe', async () => {
  const runit = makeTree();
  await prepareServices(runit, 'ahost');
  expect(await isSupervised(runit, 'ahost')).toBe(false);
  const supervise = join(runit, 'clients', 'ahost', 'supervise');
  mkdirSync(supervise);
  execFileSync('mkfifo', [join(supervise, 'ok')]);
  expect(await isSupervised(runit, 'ahost')).toBe(false);

  const reader = openSync(join(supervise, 'ok'), constants.O_RDONLY | constants.O_NONBLOCK);
  expect(await isSupervised(runit, 'ahost')).toBe(true);
  closeSync(reader);
  expect(await isSupervised(runit, 'ahost')).toBe(false);
});
