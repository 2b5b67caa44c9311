import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(['newest/restic'], 'losses at a source', () => {
  test('is shown with and without a daemon, and ends with `ack`', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.here(['ack', 'ahost', '--reason', 'none'])).toMatchObject({
      code: 1, // the source is not known yet
      stdout: expect.stringContaining('nothing to acknowledge'),
    });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    loseHalf(path);

    const synced = await syncd.here(['sync', 'ahost']);
    expect(synced).toMatchObject({ code: 1, stdout: expect.stringMatching(/source damaged/) });
    const status = await syncd.here(['status']);
    expect(status.code).toBe(2);
    expect(status.stdout).toMatch(/CRITICAL ahost: \d+ of \d+ packs .* have vanished/);
    expect(status.stdout).toContain('backup-syncd ack ahost --reason TEXT');

    const empty = await syncd.here(['ack', 'ahost', '--reason', ' ']);
    expect(empty).toMatchObject({ code: 64 });
    const acknowledged = await syncd.here(['ack', 'ahost', '--reason', 'a\ndrill']);
    expect(acknowledged).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ahost: acknowledged: \d+ of .*\nahost: the source is ok\n$/),
    });
    expect(await syncd.here(['ack', 'ahost', '--reason', 'again'])).toMatchObject({
      code: 0,
      stdout: 'ahost: nothing to acknowledge: the source is ok\n',
    });
    const after = await syncd.here(['status']);
    expect(after.code).toBe(1); // no daemon runs
    expect(after.stdout).toMatch(/ahost: \S.* acknowledged .*Reason: a drill/);

    const daemon = await syncd.start();
    await daemon.until('near', ({ state }) => state === 'idle');
    loseHalf(path);
    await waitFor(async () => (await daemon.client('ahost')).source.state === 'damaged', {
      what: 'the daemon to notice',
    });
    const byDaemon = await syncd.cli(['ack', 'ahost', '--json', '--reason', 'with a daemon']);
    expect(byDaemon.code).toBe(0);
    expect(JSON.parse(byDaemon.stdout)).toMatchObject({
      schemaVersion: 1,
      client: 'ahost',
      source: { state: 'ok' },
      acknowledged: { reason: 'with a daemon', state: 'damaged' },
    });
    expect(await daemon.get('/clients/ahost')).toContain('Reason: with a daemon');
  }, 120_000);
});

/** Half of the packs get another name, as ransomware does it. */
function loseHalf(repository: string): void {
  const packs = readdirSync(join(repository, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.length === 64)
    .map((entry) => join(entry.parentPath, entry.name));
  for (const pack of packs.slice(0, Math.ceil(packs.length / 2)))
    renameSync(pack, `${pack}.locked`);
}
