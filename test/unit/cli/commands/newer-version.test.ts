import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { callDaemon } from '../../../../src/client/control-client.ts';
import type { ControlRequest } from '../../../../src/client/control-protocol.ts';
import { socketPathOf } from '../../../../src/client/hosted-unit.ts';
import { Site } from '../../../support/site.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

// After a downgrade: what a newer version wrote is refused for that client or backend only, and is never replaced.

/** A client and another one, both complete. */
async function twoClients(): Promise<Site> {
  const site = await Site.synced();
  const source = join(temporaryDirectory(), 'source');
  cpSync(site.source, source, { recursive: true });
  site.syncd.writeClient('bhost', { source, backends: ['other'] });
  await site.must('backend', 'init', '--same-disk', 'bhost', 'other');
  await site.must('sync', 'bhost');
  return site;
}

/** Says in a file of the program that a newer version wrote it; returns its text. */
function makeNewer(file: string): string {
  const text = readFileSync(file, 'utf8').replace(/"schemaVersion":\s*1/, '"schemaVersion":99');
  writeFileSync(file, text);
  return text;
}

/** Each command for which the state is needed; then those that go without it. */
const COMMANDS = [
  ['sync ahost', 78],
  ['snapshots ahost', 78],
  ['status', 3],
  ['ack ahost --reason none', 78],
  ['pause ahost near --until 2h --reason none', 78],
  ['run ahost', 78],
  ['backend init --adopt --same-disk ahost near', 78],
  ['backend retire ahost near --all --yes', 78],
  ['backend init --all ahost', 0],
  ['client show ahost', 0],
  ['client disable ahost --reason none', 0],
  ['client rename ahost chost', 78],
  ['client remove ahost', 0],
] as const;

test('the state of a newer version is refused by each command, and stays as it is', async () => {
  const site = await twoClients();
  const { stateDir } = site.syncd;
  const [file, listings] = [join(stateDir, 'ahost.json'), join(stateDir, 'ahost.listings')];
  const newer = makeNewer(file);
  const names = readFileSync(listings);

  for (const [line, code] of COMMANDS) {
    const { stdout, stderr, code: got } = await site.run(...line.split(' '));
    const said = code === 0 ? expect.anything() : expect.stringContaining('newer version');
    expect({ line, got, said: stdout + stderr }).toEqual({ line, got: code, said });
    expect([line, readFileSync(file, 'utf8')]).toEqual([line, newer]);
    expect([line, readFileSync(listings)]).toEqual([line, names]);
  }
  expect(await site.run('sync', 'bhost')).toMatchObject({ code: 0 });
});

test('a daemon runs the other clients, and shows the refusal', async () => {
  const site = await twoClients();
  const file = join(site.syncd.stateDir, 'ahost.json');
  const newer = makeNewer(file);

  const daemon = await site.daemon();

  const get = async (path: string) => (await fetch(new URL(path, daemon.url))).text();
  const metrics = await get('/metrics');
  expect(metrics).toContain('backup_syncd_client_config_valid{client="ahost"} 0');
  expect(metrics).toContain('backup_syncd_client_enabled{client="ahost"} 1'); // BackupConfigInvalid needs it
  expect(metrics).toContain('backup_syncd_client_config_valid{client="bhost"} 1');
  expect(await get('/clients/ahost')).toContain('newer version');
  expect(await site.run('status')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/WARNING ahost: .*newer version/),
  });
  expect(await site.run('sync', 'bhost')).toMatchObject({ code: 0 });
  await daemon.stop();
  expect(readFileSync(file, 'utf8')).toBe(newer);
});

test('a daemon of an older version refuses what it does not know, and says what to do', async () => {
  const site = await Site.synced();
  await site.daemon();
  const request = { verb: 'of a later version' } as unknown as ControlRequest;
  const path = socketPathOf(site.syncd.runtimeDir, 'ahost');
  const { signal } = new AbortController();

  const answers = [];
  for await (const answer of callDaemon(path, request, { signal, silenceMs: 60_000 }))
    answers.push(answer);

  expect(answers).toEqual([
    {
      type: 'error',
      message: 'the daemon does not know this request: {"verb":"of a later version"}',
      hint: expect.stringContaining('restart it'),
    },
  ]);
});

test('a marker of a newer version stops its backend only, and is not adopted', async () => {
  const site = await Site.synced(['near', 'far']);
  const marker = join(site.syncd.backend('near'), '.backup-syncd/backend.json');
  const newer = makeNewer(marker);
  site.act({ verb: 'backup', blobs: [9] });

  const { code, stdout } = await site.run('sync', 'ahost');

  expect(code).toBe(1);
  expect(stdout).toMatch(/ahost → near: .*newer version(.|\n)*run the newer version/);
  expect(stdout).toMatch(/^ahost → far: complete, 1 snapshot/m);
  for (const option of ['--adopt', '--new-disk', '--all'])
    expect(
      await site.run('backend', 'init', option, 'ahost', ...(option === '--all' ? [] : ['near'])),
    ).toMatchObject({
      code: 1,
    });
  const doctor = await site.run('doctor', 'ahost');
  expect(doctor.stdout).toMatch(/near.*newer version/);
  expect(readFileSync(marker, 'utf8')).toBe(newer);

  // the advice of docs/upgrading.md
  renameSync(marker, `${marker}.newer`);
  const init = ['backend', 'init', '--adopt', '--new-disk', '--same-disk', 'ahost', 'near'];
  expect(await site.must(...init)).toContain('was adopted');
  expect(await site.must('sync', 'ahost')).toMatch(/^ahost → near: complete/m);
});

test('a discovered client whose record a newer version wrote is refused, and keeps the record', async () => {
  const site = new Site();
  const root = dirname(site.source);
  site.syncd.removeClient('ahost');
  cpSync(site.source, join(root, 'bhost'), { recursive: true });
  site.syncd.writeDaemon({ discover: { glob: join(root, '*') } });
  expect((await site.run('sync', '--all')).stderr).toBe('');
  const record = join(site.syncd.stateDir, 'bhost.discovered');
  const newer = '{"schemaVersion":1,"directory":"/elsewhere"}';
  writeFileSync(record, newer);

  const refused = await site.run('sync', 'bhost');
  expect(refused).toMatchObject({
    code: 78,
    stdout: expect.stringMatching(/bhost\.discovered .*newer version/),
  });
  expect(refused.stdout).toContain('run the newer version, or move the file away');
  const others = await site.run('client', 'list');
  expect(others.stdout).toMatch(/^source /m);
  expect(others.stdout + others.stderr).toContain('newer version');
  expect(readFileSync(record, 'utf8')).toBe(newer);
});
