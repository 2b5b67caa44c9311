import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';
import { waitFor } from '../../../support/temp.ts';
import { idOf } from '../../../arbitraries/ids.ts';

const backendOf = ({ syncd }: Site, name = 'near') => syncd.backend(name);
/** Paths of the packs of a place, relative to it. */
const packsIn = (root: string) =>
  readdirSync(join(root, 'data'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.length > 60)
    .map((name) => `data/${name}`)
    .sort();
const oneOf = <T>(all: readonly T[], at = 0): T => {
  const one = all[at];
  if (one === undefined) throw new Error('there is none');
  return one;
};

test('where everything is as it should be, it says so', async () => {
  const site = await Site.synced(['near', 'far']);
  expect(await site.run('audit', 'ahost')).toEqual({
    code: 0,
    stdout: [
      'ahost → source: nothing is wrong',
      'ahost → near: nothing is wrong',
      'ahost → far: nothing is wrong',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('what is missing or has another size comes back from the source, and is reported', async () => {
  const site = await Site.synced();
  const root = backendOf(site);
  const [gone, short] = [oneOf(packsIn(root)), oneOf(packsIn(root), 1)];
  rmSync(join(root, gone));
  truncateSync(join(root, short), 1);

  const { code, stdout } = await site.run('audit', 'ahost');

  expect(stdout).toBe(
    [
      'ahost → source: nothing is wrong',
      'ahost → near:',
      '  repaired: 2 objects came back from the source',
      '',
    ].join('\n'),
  );
  expect(code).toBe(1);
  expect(packsIn(root)).toContain(gone);
  expect(await site.run('audit', 'ahost', '--backend', 'near')).toMatchObject({
    code: 0,
    stdout: 'ahost → near: nothing is wrong\n',
  });
});

test('what cannot be brought back is reported, with the reason', async () => {
  const site = await Site.synced();
  const [gone] = packsIn(backendOf(site));
  rmSync(join(backendOf(site), oneOf([gone ?? ''])));
  site.syncd.writeClient('ahost', {
    source: site.source,
    backends: ['near'],
    minFree: '500TiB',
  });

  const { code, stdout } = await site.run('audit', 'ahost', '--backend', 'near');

  expect(stdout).toMatch(/^ {2}missing +critical +1/m);
  expect(stdout).toMatch(/^ {2}not repaired: .*500 TiB.*\n {4}\S/m);
  expect(code).toBe(2);
  const document = await site.run('audit', 'ahost', '--backend', 'near', '--json');
  const { clients } = JSON.parse(document.stdout) as { clients: [{ audits: unknown[] }] };
  const repairTrouble = { message: expect.stringContaining('TiB') as unknown };
  expect(clients[0].audits).toMatchObject([{ place: 'near', repairTrouble }]);
});

test('--backend source audits the source, alone or with backends', async () => {
  const site = await Site.synced(['near', 'far']);
  const audit = (...names: string[]) => site.must('audit', 'ahost', '--backend', ...names);
  expect(await audit('source')).toBe('ahost → source: nothing is wrong\n');
  const two = 'ahost → source: nothing is wrong\nahost → far: nothing is wrong\n';
  expect(await audit('far', 'source')).toBe(two);
});

test('what only a person can judge is explained', async () => {
  const site = await Site.synced();
  const root = backendOf(site);
  for (const shard of ['00', '12']) mkdirSync(join(root, 'data', shard), { recursive: true });
  writeFileSync(join(root, 'data/00/README'), 'x');
  writeFileSync(join(root, `index/${idOf(9)}-tmp-1`), 'x');
  writeFileSync(join(root, `data/12/${idOf(0x1234)}`), 'surplus');
  symlinkSync('/etc/passwd', join(root, `snapshots/${idOf(3)}`));
  writeFileSync(join(root, `keys/${idOf(4)}`), '{}');

  const { code, stdout } = await site.run('audit', 'ahost', '--backend', 'near');

  expect(stdout).toMatch(/^ {2}not_regular +warning +1: snapshots\/0003/m);
  expect(stdout).toMatch(/^ {2}stale_keys +warning +1, 2 B: keys\/0004/m);
  expect(stdout).toMatch(/^ {2}foreign +warning +1: data\/00\/README$/m);
  expect(stdout).toMatch(/^ {2}leftovers +ok +1$/m);
  expect(stdout).toMatch(/^ {2}surplus +ok +1, 7 B: data\/12\/1234/m);
  expect(stdout).toContain('→ their passwords still open this replica');
  expect(code).toBe(1);
});

test('a wanted snapshot that is not complete is critical, unless it is too young or too old', async () => {
  const site = await Site.synced();
  const [snapshot] = readdirSync(join(site.source, 'snapshots'));
  site.act({ verb: 'backup', blobs: [9] });
  const audit = (...window: string[]) => site.run('audit', 'ahost', '--backend', 'near', ...window);

  const strict = await audit('--older-than', '0s');
  expect(strict.stdout).toMatch(/^ {2}snapshots_missing +critical +1/m);
  expect(strict.stdout).not.toContain(snapshot);
  expect(strict.stdout).toMatch(/^ {2}unsent +ok/m);
  expect(strict.code).toBe(2);

  expect((await audit()).code).toBe(0); // younger than the backend may lag
  expect((await audit('--newer-than', '1h', '--older-than', '1h')).code).toBe(0);
});

test('a window without any snapshot is no proof, and says so', async () => {
  const site = await Site.synced(['near', 'far']);
  const audit = (...window: string[]) => site.run('audit', 'ahost', ...window);

  const { code, stdout } = await audit('--newer-than', '1h'); // maxLag is a day
  expect(code).toBe(0);
  for (const place of ['near', 'far'])
    expect(stdout).toMatch(
      new RegExp(`→ ${place}: nothing is wrong\n {2}no snapshot was asked for`),
    );
  expect((await audit('--newer-than', '1h', '--older-than', '1s')).stdout).not.toContain('asked');
  expect(await audit('--newer-than', '4h', '--older-than', '30d')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('no snapshot is younger than 4h and older than 30d') as unknown,
  });
});

test('what is lost at the source is found there', async () => {
  const site = await Site.synced();
  const packs = packsIn(site.source);
  for (const pack of packs.slice(1)) rmSync(join(site.source, pack));

  const { code, stdout } = await site.run('audit', 'ahost');

  expect(stdout).toMatch(/^ {2}missing +critical +\d+: data\//m);
  expect(code).toBe(2);
});

test('it works in a daemon, has a document, and a place that is away is a failure', async () => {
  const site = await Site.synced(['near', 'far']);
  rmSync(join(backendOf(site), '.backup-syncd'), { recursive: true });
  rmSync(join(backendOf(site, 'far'), oneOf(packsIn(backendOf(site, 'far')))));
  await site.daemon();

  const { code, stdout } = await site.run('audit', '--all', '--json');

  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    clients: [
      {
        client: 'ahost',
        audits: [
          { place: 'source', audit: { findings: [] } },
          { place: 'near', trouble: { message: expect.stringContaining('marker') as unknown } },
          { place: 'far', audit: { findings: [] } },
        ],
      },
    ],
  });
  expect(code).toBe(1);
});

test.each(['audit', 'restore-check'])(
  '%s --json says why a configuration was refused',
  async (command) => {
    const site = await Site.synced();
    writeFileSync(site.syncd.clientFile('ahost'), 'soruce: {}');

    const { code, stdout } = await site.run(command, 'ahost', '--json');

    expect(code).toBe(78);
    expect(stdout).toContain('cannot be used: clients/ahost.yaml:1:1: soruce: unknown key');
  },
);

test('it needs clients, a known backend and a duration', async () => {
  const site = await Site.synced();
  expect(await site.run('audit')).toMatchObject({ code: 64 });
  expect(await site.run('audit', 'ahost', '--all')).toMatchObject({ code: 64 });
  expect(await site.run('audit', 'ahost', '--backend', 'x')).toMatchObject({ code: 64 });
  expect(await site.run('audit', 'ahost', '--newer-than', 'soon')).toMatchObject({ code: 64 });
  expect(await site.run('audit', 'bhost')).toMatchObject({ code: 64 });
});

test('a daemon audits a source that was only listed so far', async () => {
  const site = await Site.synced(); // the first sync lists the whole source, and reports no findings of it
  const { url } = await site.daemon();
  const series = /^backup_syncd_audit_findings\{client="ahost",backend="",finding="missing"\} 0$/m;
  await waitFor(async () => series.test(await (await fetch(new URL('/metrics', url))).text()), {
    what: 'the first audit of the source',
    timeoutMs: 60_000,
  });
});
