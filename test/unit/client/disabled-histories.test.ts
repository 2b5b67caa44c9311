import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DisabledHistories } from '../../../src/client/disabled-histories.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { Site } from '../../support/site.ts';
import { waitFor } from '../../support/temp.ts';

test('what people did to a client stays on its page while it is disabled, also after a restart', async () => {
  const site = await Site.synced();
  await site.must('pause', 'ahost', 'near', '--until', '2h', '--reason', 'new disks');
  await site.must('client', 'disable', 'ahost', '--reason', 'moving');

  const daemon = await site.daemon();
  const text = await (await fetch(new URL('/clients/ahost', daemon.url))).text();

  expect(text).toContain('moving');
  expect(text).toContain('Acknowledgements and pauses');
  expect(text).toContain('new disks');
});

test('a client that is disabled while the daemon runs', async () => {
  const site = await Site.synced();
  const daemon = await site.daemon();
  await site.must('pause', 'ahost', 'near', '--until', '2h', '--reason', 'new disks');
  await site.must('client', 'disable', 'ahost', '--reason', 'moving');

  const page = () =>
    fetch(new URL('/clients/ahost', daemon.url)).then((response) => response.text());
  await waitFor(async () => (await page()).includes('moving'), { what: 'a disabled client' });

  expect(await page()).toContain('new disks');
});

test('a history that cannot be read is empty, and those of enabled clients are forgotten', async () => {
  const site = await Site.synced();
  const { stateDir: stateDirectory } = site.syncd;
  const stateFiles = DIRECT_FILES;
  const histories = new DisabledHistories({ stateDirectory, stateFiles, log: SILENT_LOG });
  await site.must('pause', 'ahost', 'near', '--until', '2h', '--reason', 'new disks');

  await histories.read([{ name: 'ahost' }, { name: 'other' }]);
  expect(histories.of('ahost')).toMatchObject([{ what: 'paused', reason: 'new disks' }]);
  expect(histories.of('other')).toEqual([]);

  await histories.read([]);
  expect(histories.of('ahost')).toEqual([]);
  writeFileSync(join(stateDirectory, 'ahost.json'), '{"schemaVersion": 1e9}');
  await histories.read([{ name: 'ahost' }]);
  expect(histories.of('ahost')).toEqual([]);
});
