import { mkdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { objectsOf } from '../../../support/replica.ts';
import { Site } from '../../../support/site.ts';

test('ack ends the alarm of a source that lost packs, and its reason is kept', async () => {
  const site = await Site.synced();
  expect(await site.must('ack', 'ahost', '--reason', 'none')).toBe(
    'ahost: nothing to acknowledge: the source is ok\n',
  );
  const packs = objectsOf(site.source).filter((path) => path.startsWith('data/'));
  for (const pack of packs.slice(1))
    renameSync(join(site.source, pack), join(site.source, `${pack}.locked`));
  expect(await site.run('sync', 'ahost')).toMatchObject({ code: 1 });
  expect((await site.run('status')).stdout).toContain('backup-syncd ack ahost --reason TEXT');

  expect(await site.run('ack', 'ahost', '--reason', ' ')).toMatchObject({ code: 64 });
  expect(await site.must('ack', 'ahost', '--reason', 'a\ndrill')).toMatch(/^ahost: acknowledged: /);
  expect((await site.run('status')).stdout).toMatch(/acknowledged .*Reason: a drill/);
});

test('after ack of the loss of every pack, the source shows its real state and not "0 of 0 packs"', async () => {
  const site = await Site.synced();
  const packs = objectsOf(site.source).filter((path) => path.startsWith('data/'));
  for (const pack of packs)
    renameSync(join(site.source, pack), join(site.source, `${pack}.locked`));
  expect((await site.run('sync', 'ahost')).stdout).toContain('3 of 3 packs');
  const acknowledged = await site.run('ack', 'ahost', '--reason', 'lost');
  expect(acknowledged.stdout).toMatch(/^ahost: acknowledged: 3 of 3 packs/);
  expect(acknowledged.stdout).toMatch(/source has snapshots, but data is empty/);
  expect(await site.run('status')).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/CRITICAL ahost: .*data is empty/) as unknown,
  });
});

test('an acknowledgement is saved before the command answers, or the command says that a restart undoes it', async () => {
  const site = await Site.synced();
  const daemon = await site.daemon();
  const file = join(site.syncd.stateDir, 'ahost.json');
  const acknowledge = ['ack', 'ahost', '--for', '1h', '--reason'];

  await site.must(...acknowledge, 'a big forget');
  expect(readFileSync(file, 'utf8')).toContain('a big forget');

  renameSync(file, `${file}.aside`);
  mkdirSync(file); // no file can take its place
  expect(await site.run(...acknowledge, 'another')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('another'),
    stderr: expect.stringMatching(/could not be saved, so a restart undoes it: .*ahost\.json/),
  });

  rmdirSync(file);
  expect(await daemon.stop()).toMatchObject({ code: 0 });
});
