import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Site } from '../../../support/site.ts';
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

  const output = await site.must('client', 'rename', 'ahost', 'bhost');

  expect(output).toMatch(/^bhost: renamed; it was ahost\./);
  expect(output).toContain('the series with client="ahost" end');
  expect(clientFiles(site)).toEqual(['bhost.yaml']);
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
    ...{ enabled: false, disabled: { reason: 'sold' }, formerly: ['ahost'] },
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
    ...{ code: 1, stderr: expect.stringContaining('there is a client bhost already') as unknown },
  });
  expect(await tried('ahost', 'chost')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('rm -f -- ') as unknown },
  });
  expect(readFileSync(syncd.clientFile('ahost'), 'utf8')).toBe(text);
});
