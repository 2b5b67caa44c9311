import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { InProcess } from '../../../support/in-process.ts';
import { objectsOf } from '../../../support/replica.ts';
import { Site } from '../../../support/site.ts';

/** The command in the output after `what`, as a person types it. */
function commandIn(output: string, what: RegExp): string {
  const [, command] = new RegExp(`${what.source}.*run: (.*)$`, 'm').exec(output) ?? [];
  if (command === undefined) throw new Error(`no command for ${what.source} in ${output}`);
  return command;
}

test('client remove touches no backup, and its advice puts the client back or deletes the rest', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  const file = syncd.clientFile('ahost');
  const text = readFileSync(file, 'utf8');
  const objects = objectsOf(syncd.backend('near'));

  const output = await site.must('client', 'remove', 'ahost');

  expect(existsSync(file)).toBe(false);
  expect(objectsOf(syncd.backend('near'))).toEqual(objects);
  const removed = JSON.parse(
    readFileSync(join(syncd.stateDir, 'removed-clients'), 'utf8'),
  ) as object;
  expect(Object.keys(removed)).toEqual(['ahost']);
  expect(await site.run('status')).toMatchObject({ code: 3 });
  expect(await site.must('client', 'remove', 'ahost')).toBe('ahost: already removed\n');

  execFileSync('sh', ['-c', commandIn(output, /to undo this/)]);
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(await site.must('sync', 'ahost')).toContain('ahost');

  const again = await site.must('client', 'remove', 'ahost');
  execFileSync('sh', ['-c', commandIn(again, /near: .*delete this replica/)]);
  execFileSync('sh', ['-c', commandIn(again, /its state/)]);
  expect(existsSync(syncd.backend('near'))).toBe(false);
  expect(existsSync(join(syncd.stateDir, 'ahost.json'))).toBe(false);
  expect(objectsOf(site.source).length).toBeGreaterThan(0);
});

test('files of one name that are moved aside within a second are all kept', async () => {
  const site = new Site();
  const file = site.syncd.clientFile('ahost');
  const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 30) };
  const commands = new InProcess(site.syncd.configDir, clock);
  const texts = [1, 2, 3].map((n) => `source: { directory: /srv/${n} }\n`);

  for (const text of texts) {
    writeFileSync(file, text);
    expect(await commands.run('client', 'remove', 'ahost')).toMatchObject({ code: 0 });
  }

  const names = readdirSync(dirname(file)).sort();
  expect(names).toEqual(['', '-2', '-3'].map((n) => `ahost.yaml.removed-20261130T000000Z${n}`));
  expect(names.map((name) => readFileSync(join(dirname(file), name), 'utf8'))).toEqual(texts);
});

test('client remove tells scripts where everything is, also of disabled clients and of those with problems', async () => {
  const site = new Site();
  const { syncd } = site;
  syncd.writeClient('bhost', {
    source: '/b',
    backends: [],
    remotes: {
      own: { script: ['/bin/true'] },
      b2: { rclone: 'b2:x/it s', rcloneConfig: '/r.conf' },
    },
  });
  await site.must('client', 'disable', 'bhost', '--reason', 'sold');
  expect(JSON.parse(await site.must('client', 'remove', 'bhost', '--json'))).toMatchObject({
    schemaVersion: 1,
    client: 'bhost',
    isChanged: true,
    source: '/b',
    replicas: [
      { backend: 'own', location: '/bin/true' },
      { backend: 'b2', toDelete: "rclone --config /r.conf purge 'b2:x/it s'" },
    ],
  });
  writeFileSync(syncd.clientFile('ahost'), 'source: [');
  expect(await site.must('client', 'remove', 'ahost')).toContain('which has problems');
  for (const name of ['nobody', '../ahost'])
    expect((await site.run('client', 'remove', name)).code).toBe(64);
});

test('client remove says what else ends with a client that has a daemon of its own', async () => {
  const site = new Site();
  site.syncd.writeClient('ahost', { source: '/a', backends: [], listen: '127.0.0.1:10990' });
  site.syncd.writeClient('bhost', { source: '/b', backends: [] });
  expect(await site.must('client', 'remove', 'ahost')).toMatch(
    /stop 'backup-syncd run ahost', and remove its target from Prometheus.* BackupSyncdDown/,
  );
  expect(await site.must('client', 'remove', 'bhost')).not.toContain('Prometheus');
});
