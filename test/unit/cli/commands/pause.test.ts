import { mkdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

const PAUSE = ['pause', 'ahost', 'near', '--reason', 'new disks'] as const;

test('a paused backend is left alone, is shown with its reason, and gets what it missed when it is resumed', async () => {
  const site = await Site.synced(['near', 'far']);
  const until = '2100-12-04T18:00+01:00';
  expect(await site.must(...PAUSE, '--until', until)).toMatch(
    /^ahost → near: paused until Sat 2100-12-04 \d\d:00 [+-]\d\d:\d\d by .*: new disks\n$/,
  );
  expect(await site.must(...PAUSE, '--until', until)).toMatch(/^ahost → near: already paused /);

  site.act({ verb: 'backup', blobs: [4] });
  const synced = await site.must('sync', 'ahost');
  expect(synced).toMatch(/^ahost → near: paused until .*: new disks\n {2}.*resume ahost near$/m);
  expect(synced).toMatch(/^ahost → far: complete, 1 snapshot/m);
  const named = await site.run('sync', 'ahost', '--backend', 'near');
  expect(named).toMatchObject({ code: 1, stdout: expect.stringContaining('resume ahost near') });
  expect((await site.run('audit', 'ahost', '--backend', 'near')).stdout).toContain('new disks');

  const { stdout } = await site.run('status');
  expect(stdout).toMatch(/^ahost → near: paused until .*: new disks$/m);
  expect(stdout).toContain('near: paused');
  const [client] = (
    JSON.parse((await site.run('status', '--json')).stdout) as { clients: object[] }
  ).clients;
  expect(client).toMatchObject({
    severity: 'ok',
    findings: [],
    backends: [
      {
        backend: 'near',
        state: 'paused',
        pause: { endsAt: '2100-12-04T17:00:00.000Z', reason: 'new disks' },
      },
      { backend: 'far', state: 'idle' },
    ],
  });

  expect(await site.must('resume', 'ahost', 'near')).toMatch(/^ahost → near: resumed; it was /);
  expect(await site.must('resume', 'ahost', 'near')).toBe('ahost → near: not paused\n');
  expect(await site.must('sync', 'ahost')).toMatch(/^ahost → near: complete, 1 snapshot/m);
});

test('an audit leaves a paused place out, which is a failure only if somebody names it', async () => {
  const site = await Site.synced(['near', 'far']);
  await site.must(...PAUSE, '--until', '2h');

  const left = expect.stringMatching(/^ahost → near: paused until .*\n {2}.*resume ahost near$/m);
  expect(await site.run('audit', '--all')).toMatchObject({ code: 0, stdout: left });
  expect(await site.run('audit', 'ahost')).toMatchObject({ code: 0, stdout: left });
  expect(await site.run('audit', 'ahost', '--backend', 'near')).toMatchObject({ code: 1 });
  expect((await site.run('audit', '--all')).stdout).not.toContain('FAILED');
});

test('a daemon takes a pause over, tells what a second administrator replaces, and remembers all after a restart', async () => {
  const site = await Site.synced();
  await site.must('pause', 'ahost', '--until', '2h', '--reason', 'moving');
  const daemon = await site.daemon();
  expect(await site.run('sync', 'ahost')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^ahost → near: paused .*: moving\n.*resume ahost\n/),
  });
  expect(await site.must('sync', '--all')).toContain('moving');

  const replaced = await site.must('pause', 'ahost', '--until', '3d', '--reason', 'new house');
  expect(replaced).toMatch(/^ahost: paused until .*: new house\n {2}instead of: .*: moving\n$/);
  await site.must(...PAUSE, '--until', '1h');
  await daemon.stop();

  await site.daemon();
  expect((await site.run('status')).stdout).toMatch(/^ahost: paused until .*: new house$/m);
  expect(await site.run('resume', 'ahost', 'near')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/still paused with its client: .*: new house\n/),
  });
  await site.must(...PAUSE, '--until', '1h');
  expect(await site.must('resume', 'ahost')).toMatch(
    /^ahost: resumed; .*\nahost → near: still paused .*\n.*resume ahost near\n$/,
  );
});

test('both commands tell scripts what they did, and are silent when asked', async () => {
  const site = await Site.synced();
  expect(JSON.parse(await site.must(...PAUSE, '--until', '2h', '--json'))).toMatchObject({
    schemaVersion: 1,
    client: 'ahost',
    backend: 'near',
    isChanged: true,
    isSaved: true,
    pause: { reason: 'new disks' },
    before: null,
  });
  expect(await site.must(...PAUSE, '--until', '3h', '--quiet')).toBe('');
  expect(JSON.parse(await site.must('resume', 'ahost', 'near', '--json'))).toMatchObject({
    isChanged: true,
    pause: null,
    before: { reason: 'new disks' },
  });
  expect(await site.must('resume', 'ahost', '--quiet')).toBe('');
});

test.each([
  ['2020-01-01', /not in the future: it means Wed 2020-01-01/],
  ['0s', /not in the future/],
  ['tomorrow', /neither a duration nor a date/],
  ['2100-02-30', /neither a duration nor a date/],
  ['-2h', /neither|argument missing/],
  ['999999w', /too far away(.|\n)*client disable/],
])('--until %s is refused', async (until, why) => {
  const { code, stdout, stderr } = await new Site().run(...PAUSE, `--until=${until}`);

  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toMatch(why);
});

test('a reason is cut and cannot control a terminal, and an empty one is refused', async () => {
  const site = new Site();
  const pause = ['pause', 'ahost', '--until', '2h', '--reason'];
  const text = await site.must(...pause, `a\nb\u001B[2Jc\u202Ed ${'x'.repeat(5_000)}`);
  expect(['\u001B', '\u202E'].filter((character) => text.includes(character))).toEqual([]);
  expect(text.length).toBeLessThan(1_300);
  expect((await site.run(...pause, ' ')).code).toBe(64);
});

test('a pause that cannot be saved holds in the daemon, and the command says that a restart undoes it', async () => {
  const site = await Site.synced();
  const daemon = await site.daemon();
  const file = join(site.syncd.stateDir, 'ahost.json');
  renameSync(file, `${file}.aside`);
  mkdirSync(file); // no file can take its place

  const paused = await site.run(...PAUSE, '--until', '2h');
  expect(paused).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('new disks'),
    stderr: expect.stringMatching(/could not be saved, so a restart undoes it: .*ahost\.json/),
  });
  expect((await site.run('status')).stdout).toMatch(/^ahost → near: paused /m);
  expect((await site.run('sync', 'ahost', '--backend', 'near')).code).toBe(1);

  rmdirSync(file);
  expect(await site.must('resume', 'ahost', 'near')).toContain('resumed');
  expect(await daemon.stop()).toMatchObject({ code: 0 });
});

test('two administrators at once: one pause holds, and both are remembered', async () => {
  const site = await Site.synced();
  await site.daemon();
  const pause = (reason: string) =>
    site.must('pause', 'ahost', '--until', '2h', '--reason', reason, '--json');

  const answers = await Promise.all([pause('new disks'), pause('new cables')]);

  const said = answers.map((text) => JSON.parse(text) as { before: object | null; pause: object });
  expect(said.filter(({ before }) => before === null)).toHaveLength(1);
  const last = said.find(({ before }) => before !== null)?.pause;
  const [client] = (JSON.parse((await site.run('status', '--json')).stdout) as Status).clients;
  expect(client?.pause).toEqual(last);
  // what was answered is in the file, so that kill -9 does not undo it
  const saved = readFileSync(join(site.syncd.stateDir, 'ahost.json'), 'utf8');
  const { clientPause, interventions } = JSON.parse(saved) as Saved;
  expect(clientPause.reason).toBe(interventions[0]?.reason);
  expect(interventions.map(({ reason }) => reason).sort()).toEqual(['new cables', 'new disks']);
});

interface Saved {
  readonly clientPause: { readonly reason: string };
  readonly interventions: readonly { readonly reason: string }[];
}

interface Status {
  readonly clients: readonly { readonly pause?: object }[];
}
