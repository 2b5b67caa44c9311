import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { requireWritableState } from '../../../../src/cli/client/move-state.ts';
import { acquireLock } from '../../../../src/state/lock.ts';
import { Site } from '../../../support/site.ts';
import { waitFor } from '../../../support/temp.ts';
import { statusOf } from './status-of.ts';

function markerAt(place: string): { client: string; id: string } {
  return JSON.parse(readFileSync(join(place, '.backup-syncd/backend.json'), 'utf8')) as {
    client: string;
    id: string;
  };
}

function clientFiles(site: Site): string[] {
  return readdirSync(join(site.syncd.configDir, 'clients')).sort();
}

function stateOf(site: Site, client: string): string {
  return join(site.syncd.stateDir, `${client}.json`);
}

test('client rename keeps what is known, and the marker follows with the next pass that sends', async () => {
  const site = await Site.synced(['near', 'far']);
  const { syncd } = site;
  const near = syncd.backend('near');
  const before = await statusOf(site, 'ahost');
  const { id } = markerAt(near);
  chmodSync(syncd.clientFile('ahost'), 0o604);

  const output = await site.must('client', 'rename', 'ahost', 'bhost');

  expect(output).toMatch(/^bhost: renamed; it was ahost\./);
  expect(output).toContain('the series with client="ahost" end');
  expect(clientFiles(site)).toEqual(['bhost.yaml']);
  expect(statSync(syncd.clientFile('bhost')).mode & 0o777).toBe(0o604);
  expect(existsSync(stateOf(site, 'ahost'))).toBe(false);
  expect(await statusOf(site, 'bhost')).toEqual(before);
  expect(readFileSync(join(syncd.stateDir, 'removed-clients'), 'utf8')).toContain('ahost');

  await site.must('sync', 'bhost');
  expect(markerAt(near)).toMatchObject({ client: 'ahost', id });
  site.act({ verb: 'backup', blobs: [7] });
  await site.must('sync', 'bhost');
  expect(markerAt(near)).toMatchObject({ client: 'bhost', id });
  expect(await site.must('client', 'rename', 'ahost', 'bhost')).toBe(
    'bhost: already renamed; it was ahost\n',
  );
  await site.must('client', 'rename', 'bhost', 'ahost', '--quiet');
  site.act({ verb: 'backup', blobs: [8] });
  await site.must('sync', 'ahost');
  expect(markerAt(near)).toMatchObject({ client: 'ahost', id });
});

test('a disabled client keeps its reason under its new name', async () => {
  const site = await Site.synced();
  await site.must('client', 'disable', 'ahost', '--reason', 'sold');
  const json = JSON.parse(
    await site.must('client', 'rename', 'ahost', 'bhost', '--json'),
  ) as object;
  expect(json).toEqual({ schemaVersion: 1, client: 'bhost', formerly: 'ahost', isChanged: true });
  expect(parse(readFileSync(site.syncd.clientFile('bhost'), 'utf8'))).toMatchObject({
    enabled: false,
    disabled: { reason: 'sold' },
    formerly: ['ahost'],
  });
  expect(await site.must('client', 'rename', 'ahost', 'bhost')).toContain('already renamed');
});

test('after a kill at any step, client rename continues', async () => {
  for (const step of ['disabled', 'state', 'created', 'deleted'] as const) {
    const site = await Site.synced();
    const file = site.syncd.clientFile('ahost');
    const before = await statusOf(site, 'ahost');
    const original = readFileSync(file, 'utf8');
    await site.must('client', 'disable', 'ahost', '--reason', 'it is being renamed to bhost');
    const disabled = readFileSync(file, 'utf8');
    const state = readFileSync(stateOf(site, 'ahost'), 'utf8');
    if (step !== 'disabled') {
      await site.must('client', 'rename', 'ahost', 'bhost');
      if (step !== 'deleted') writeFileSync(file, disabled);
      if (step === 'state') rmSync(site.syncd.clientFile('bhost'));
      writeFileSync(stateOf(site, 'ahost'), state);
    }
    await site.must('client', 'rename', 'ahost', 'bhost');
    expect({ step, files: clientFiles(site) }).toEqual({ step, files: ['bhost.yaml'] });
    expect({ step, status: await statusOf(site, 'bhost') }).toEqual({ step, status: before });
    const { formerly, ...renamed } = parse(
      readFileSync(site.syncd.clientFile('bhost'), 'utf8'),
    ) as Record<string, unknown>;
    expect(formerly).toEqual(['ahost']);
    expect(renamed).toEqual(parse(original));
  }
});

test('after a kill, client rename does not replace the state of a client that runs under its new name', async () => {
  const site = await Site.synced();
  const file = site.syncd.clientFile('ahost');
  await site.must('client', 'disable', 'ahost', '--reason', 'it is being renamed to bhost');
  const [disabled, state] = [file, stateOf(site, 'ahost')].map((path) => readFileSync(path));
  await site.must('client', 'rename', 'ahost', 'bhost');
  await site.must('client', 'disable', 'bhost', '--reason', 'sold'); // by somebody else
  const later = readFileSync(stateOf(site, 'bhost'), 'utf8').replace('{', '{ ');
  writeFileSync(stateOf(site, 'bhost'), later);
  writeFileSync(file, disabled ?? '');
  writeFileSync(stateOf(site, 'ahost'), state ?? '');

  await site.must('client', 'rename', 'ahost', 'bhost');

  expect(clientFiles(site)).toEqual(['bhost.yaml']);
  expect(readFileSync(stateOf(site, 'bhost'), 'utf8')).toBe(later);
  expect(existsSync(stateOf(site, 'ahost'))).toBe(false);
  expect(await site.must('client', 'list')).toContain('sold');
});

test('a client that somebody enables while client rename waits keeps its services and its state', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  mkdirSync(join(syncd.configDir, 'runit/clients/ahost'), { recursive: true });
  const lock = await acquireLock(syncd.stateDir, 'ahost');
  const renamed = site.run('client', 'rename', 'ahost', 'bhost');
  await waitFor(() => readFileSync(syncd.clientFile('ahost'), 'utf8').includes('renamed'), {
    what: 'the client to be disabled',
  });
  syncd.writeClient('ahost', { source: site.source, backends: ['near'] });
  await lock.release();

  const { code, stderr } = await renamed;

  expect({ code, stderr }).toMatchObject({
    code: 75,
    stderr: expect.stringContaining('someone else changed') as unknown,
  });
  expect(readdirSync(join(syncd.configDir, 'runit/clients'))).toEqual(['ahost']);
  expect(existsSync(stateOf(site, 'bhost'))).toBe(false);
});

test('after a kill at any step, client rename continues with a client that was disabled before', async () => {
  for (const step of ['created', 'state', 'deleted'] as const) {
    const site = await Site.synced();
    const file = site.syncd.clientFile('ahost');
    await site.must('client', 'disable', 'ahost', '--reason', 'sold');
    const disabled = readFileSync(file, 'utf8');
    const state = readFileSync(stateOf(site, 'ahost'), 'utf8');
    await site.must('client', 'rename', 'ahost', 'bhost');
    const renamed = readFileSync(site.syncd.clientFile('bhost'), 'utf8');
    if (step !== 'deleted') writeFileSync(file, disabled);
    if (step === 'created') rmSync(stateOf(site, 'bhost'));
    writeFileSync(stateOf(site, 'ahost'), state);
    await site.must('client', 'rename', 'ahost', 'bhost');
    expect({ step, files: clientFiles(site) }).toEqual({ step, files: ['bhost.yaml'] });
    expect(readFileSync(site.syncd.clientFile('bhost'), 'utf8')).toBe(renamed);
    expect(existsSync(stateOf(site, 'bhost'))).toBe(true);
  }
});

test('of two commands that rename one client to different names, the second reports the first', async () => {
  const site = await Site.synced();
  const file = site.syncd.clientFile('ahost');
  await site.must('client', 'disable', 'ahost', '--reason', 'it is being renamed to bhost');
  const text = readFileSync(file, 'utf8');

  const { code, stderr } = await site.run('client', 'rename', 'ahost', 'chost');

  expect({ code, text: readFileSync(file, 'utf8') }).toEqual({ code: 75, text });
  expect(stderr).toMatch(
    /ahost: it is being renamed to bhost, by .*\n.*run it again, then rename bhost to chost\n$/,
  );
  await site.must('client', 'rename', 'ahost', 'bhost');
  await site.must('client', 'rename', 'bhost', 'chost');

  const both = await Promise.all(
    ['dhost', 'ehost'].map((name) => site.run('client', 'rename', 'chost', name)),
  );
  const done = both.filter((each) => each.code === 0);
  expect(done).toHaveLength(1);
  expect(clientFiles(site)).toHaveLength(1);
  const [name = ''] = /^\w+/.exec(done[0]?.stdout ?? '') ?? [];
  await site.must('sync', name);
});

test('client rename refuses what would be a problem, and changes nothing', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  const text = readFileSync(syncd.clientFile('ahost'), 'utf8');
  syncd.writeClient('bhost', { source: '/b', backends: [] });
  writeFileSync(stateOf(site, 'chost'), '{}');
  const tried = async (...names: readonly string[]) => {
    const { code, stderr } = await site.run('client', 'rename', ...names);
    return { code, stderr };
  };
  expect(await tried('ahost', '../x')).toMatchObject({ code: 64 });
  expect(await tried('ahost', 'ahost')).toMatchObject({ code: 64 });
  expect(await tried('nobody', 'dhost')).toMatchObject({ code: 64 });
  expect(await tried('ahost', 'bhost')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is a client bhost already') as unknown,
  });
  expect(await tried('ahost', 'chost')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('rm -f -- ') as unknown,
  });
  expect(readFileSync(syncd.clientFile('ahost'), 'utf8')).toBe(text);
});

/** One series of a client in the metrics of a daemon; undefined when absent. */
async function metric(url: string, name: string, client: string): Promise<number | undefined> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name}{client="${client}"`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

test('a daemon stops a disabled client, starts it when it is enabled, and lets it be renamed and removed', async () => {
  const site = await Site.synced();
  const { url, stop } = await site.daemon();
  const isEnabled = (client: string) => metric(url, 'backup_syncd_client_enabled', client);
  const scans = (client: string) => metric(url, 'backup_syncd_source_scans_total', client);
  expect(await isEnabled('ahost')).toBe(1);

  await site.must('client', 'disable', 'ahost', '--reason', 'sold');
  await waitFor(async () => (await isEnabled('ahost')) === 0, { what: 'ahost to be disabled' });
  expect(await scans('ahost')).toBeUndefined();
  expect(await (await fetch(new URL('/clients/ahost', url))).text()).toContain(': sold');
  await site.must('client', 'enable', 'ahost');
  await waitFor(async () => (await scans('ahost')) !== undefined, { what: 'ahost to run' });

  await site.must('client', 'rename', 'ahost', 'bhost');
  await waitFor(async () => (await scans('bhost')) !== undefined, { what: 'bhost to run' });
  expect(await isEnabled('ahost')).toBe(0);
  site.act({ verb: 'backup', blobs: [7] });
  await site.must('sync', 'bhost');
  expect(markerAt(site.syncd.backend('near'))).toMatchObject({ client: 'bhost' });

  await site.must('client', 'remove', 'bhost');
  await waitFor(async () => (await isEnabled('bhost')) === 0, { what: 'bhost to be removed' });
  expect(await scans('bhost')).toBeUndefined();
  expect((await stop()).code).toBe(0);
});

test('client rename changes nothing if the state cannot be read, and says what to do', async () => {
  const site = await Site.synced();
  const file = stateOf(site, 'ahost');
  const text = readFileSync(site.syncd.clientFile('ahost'), 'utf8');
  for (const [state, code, hint] of [
    ['{', 1, 'move .*ahost.json away'],
    ['{ "schemaVersion": 1000 }', 78, 'run the newer version'],
  ] as const) {
    writeFileSync(file, state);

    const refused = await site.run('client', 'rename', 'ahost', 'bhost');

    expect(refused).toMatchObject({ code, stderr: expect.stringMatching(hint) as unknown });
    expect(readFileSync(site.syncd.clientFile('ahost'), 'utf8')).toBe(text);
    expect(readFileSync(file, 'utf8')).toBe(state);
  }
});

test('client rename changes nothing if the state cannot be written, and continues once it can', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  const state = readFileSync(stateOf(site, 'ahost'), 'utf8');
  mkdirSync(`${stateOf(site, 'bhost')}.new`);
  const { code, stderr } = await site.run('client', 'rename', 'ahost', 'bhost');
  expect({ code, stderr }).toMatchObject({
    code: 69,
    stderr: expect.stringContaining('the client is disabled, and has its old'),
  });
  expect(readFileSync(stateOf(site, 'ahost'), 'utf8')).toBe(state);
  rmSync(`${stateOf(site, 'bhost')}.new`, { recursive: true });
  await site.must('client', 'rename', 'ahost', 'bhost');

  const nowhere = join(syncd.clientFile('bhost'), 'state');
  await expect(requireWritableState(nowhere)).rejects.toMatchObject({
    hint: expect.stringContaining('nothing was changed') as unknown,
  });
});
