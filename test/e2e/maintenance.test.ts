import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../support/site.ts';

test('a backend is paused, its daemon killed, its replica moved, and the pause ended', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  const pause = ['pause', 'ahost', 'near', '--until', '2h', '--reason', 'a new disk'];
  const killed = await syncd.start();
  expect(await syncd.cli(pause)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ahost → near: paused until .*: a new disk$/m),
  });
  killed.process.kill('SIGKILL');
  await killed.process.exited;

  const daemon = await syncd.start();
  const until = await daemon.metric('backend_paused_until_timestamp_seconds');
  expect(until).toBeGreaterThan(Date.now() / 1000);
  const elsewhere = join(syncd.directory, 'elsewhere');
  renameSync(syncd.backend('near'), elsewhere);
  expect(await syncd.cli(['backend', 'move', 'ahost', 'near', elsewhere])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`now at ${elsewhere}`),
  });
  site.act({ verb: 'backup', blobs: [4] });
  expect(await syncd.cli(['sync', 'ahost'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('paused until'),
  });

  expect(await syncd.cli(['resume', 'ahost', 'near'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('ahost → near: resumed'),
  });
  await daemon.untilComplete('near', 3);
  expect(await daemon.metric('backend_paused_until_timestamp_seconds')).toBeUndefined();
});
