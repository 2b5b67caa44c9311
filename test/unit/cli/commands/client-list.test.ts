import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';
import { Syncd } from '../../../support/syncd.ts';

async function siteOfThree(): Promise<Site> {
  const site = await Site.synced();
  const { syncd, source } = site;
  syncd.writeClient('bhost', { source: `${source}-b`, backends: ['near', 'far'] });
  await site.must('client', 'disable', 'bhost', '--reason', 'sold');
  writeFileSync(syncd.clientFile('chost'), 'surce: 1');
  return site;
}

test('client list has all clients, also those that are disabled or refused', async () => {
  const site = await siteOfThree();

  const { code, stdout } = await site.run('client', 'list');

  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^CLIENT +STATE +SNAPSHOTS +BACKENDS +SOURCE$/),
    expect.stringMatching(new RegExp(`^ahost +ok +off +near +${site.source}$`)),
    expect.stringMatching(/^bhost +disabled +disabled .+ by .*: sold$/),
    expect.stringMatching(/^chost +REFUSED +run: backup-syncd check-config$/),
  ]);
  expect(JSON.parse((await site.run('client', 'list', '--format', 'json')).stdout)).toMatchObject({
    schemaVersion: 1,
    clients: [
      { client: 'ahost', state: 'ok', backends: ['near'], snapshotEveryMs: null },
      { client: 'bhost', state: 'disabled', reason: 'sold', file: 'clients/bhost.yaml' },
      { client: 'chost', state: 'refused', file: 'clients/chost.yaml' },
    ],
  });
});

test('client list names the addresses to scrape, each once', async () => {
  const targetsOf = async (syncd: Syncd): Promise<unknown> =>
    JSON.parse((await syncd.here(['client', 'list', '--format', 'prometheus-sd'])).stdout);
  const syncd = new Syncd({ listen: '[::1]:99' });
  expect(await targetsOf(syncd)).toEqual([{ targets: ['[::1]:99'], labels: {} }]);
  syncd.writeClient('ahost', { source: '/a', backends: [], listen: '0.0.0.0:77' });
  const own = [`${hostname()}:77`];
  expect(await targetsOf(syncd)).toEqual([
    { targets: own, labels: { __meta_backup_syncd_client: 'ahost' } },
  ]);
  syncd.writeClient('bhost', { source: '/b', backends: [] });
  expect(await targetsOf(syncd)).toMatchObject([{ targets: ['[::1]:99'] }, { targets: own }]);
  syncd.writeDaemon({ listen: '127.0.0.1:0' });
  expect(await targetsOf(syncd)).toMatchObject([{ targets: own }]);
});

test('client show has the places, and where each setting is written', async () => {
  const site = await siteOfThree();
  writeFileSync(
    site.syncd.clientFile('ahost'),
    `source: { directory: ${site.source} }\nbackends:\n- name: near\n  directory: ${site.syncd.backend('near')}\n`,
  );

  const { code, stdout } = await site.run('client', 'show', 'ahost');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^no daemon is running/);
  expect(stdout).toMatch(/^near +up to date/m);
  expect(stdout).toMatch(/^source\.directory +\/.* clients\/ahost\.yaml:1$/m);
  expect(stdout).toMatch(/^backends\.near\.directory +\/.* clients\/ahost\.yaml:4$/m);
  expect(stdout).toMatch(/^expect\.snapshotEvery +off +backup-syncd\.yaml:1$/m);
  expect(stdout).toMatch(/^source\.poll +1m +default$/m);
  const json = JSON.parse(await site.must('client', 'show', 'ahost', '--json')) as object;
  expect(json).toMatchObject({
    schemaVersion: 1,
    client: 'ahost',
    enabled: true,
    isRunning: false,
    problems: [],
    report: { backends: [{ backend: 'near', snapshots: 2 }] },
  });
});

test('client show says that a client is disabled or refused, and refuses names that are none', async () => {
  const site = await siteOfThree();
  expect(await site.must('client', 'show', 'bhost')).toMatch(/^bhost disabled .+ by .*: sold$/m);
  expect(await site.run('client', 'show', 'chost')).toMatchObject({
    code: 78,
    stdout: expect.stringMatching(/^enabled +true +default$/m) as unknown,
    stderr: expect.stringContaining('clients/chost.yaml:1:1: surce') as unknown,
  });
  for (const name of ['nobody', '../ahost'])
    expect((await site.run('client', 'show', name)).code).toBe(64);
});

test('client list and client show say what is paused, until when and why', async () => {
  const site = await Site.synced();
  const pause = async (reason: string, ...names: string[]) =>
    site.must('pause', ...names, '--reason', reason, '--until', '2100-12-04T18:00+01:00');
  await pause('new disks', 'ahost', 'near');
  const backend = /^ahost → near: paused until Sat 2100-12-04 .* by .*: new disks$/m;
  const list = await site.must('client', 'list');
  expect(list).toMatch(/^ahost +ok /m);
  expect(list).toMatch(backend);
  expect(await site.must('client', 'show', 'ahost')).toMatch(backend);

  await pause('moving', 'ahost');
  const client = /^ahost: paused until Sat 2100-12-04 .* by .*: moving$/m;
  const listed = await site.must('client', 'list');
  expect(listed).toMatch(/^ahost +paused /m);
  expect(listed).toMatch(client);
  expect(await site.must('client', 'show', 'ahost')).toMatch(client);
  expect(JSON.parse(await site.must('client', 'list', '--format', 'json'))).toMatchObject({
    clients: [{ state: 'paused', pause: { reason: 'moving', endsAt: '2100-12-04T17:00:00.000Z' } }],
  });
});
