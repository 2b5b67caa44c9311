import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { resticPassword, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

describeWithTools(['newest/restic'], 'expected hosts', () => {
  test('are on the page, in metrics, in status and in snapshots, also after the daemon has ended', async () => {
    const { path: directory } = await seedRepository('newest');
    const file = join(temporaryDirectory(), 'password');
    writeFileSync(file, resticPassword, { mode: 0o400 });
    const syncd = await Syncd.create({
      source: { directory, password: { file } },
      backends: ['nas'],
      expect: { hosts: ['ahost', { host: 'bhost', snapshotEvery: '7d' }], snapshotEvery: 'off' },
    });
    const daemon = await syncd.start(['run'], { env: { PATH: pathWith('newest') } });
    await waitFor(async () => (await daemon.metric('groups_overdue')) === 0, {
      what: 'snapshots that were read',
    });

    expect(await daemon.metric('expected_groups')).toBe(2);
    const due = (await daemon.metric('group_due_timestamp_seconds')) ?? 0;
    expect(due - Date.now() / 1000).toBeGreaterThan(8 * 24 * 3600);
    const page = await daemon.get('/clients/ahost');
    expect(page.match(/up to date|none yet/g)).toEqual(['up to date', 'up to date', 'none yet']);
    expect(page).toContain('read from nas');
    await daemon.process.stop();
    expect(daemon.process.stdout() + daemon.process.stderr()).not.toContain(resticPassword);

    expect((await syncd.here(['snapshots', 'ahost'])).stdout.match(/ ahost /g)).toHaveLength(2);
    expect((await syncd.here(['status', 'ahost'])).stdout).toMatch(
      /^ahost +up to date .*\n^bhost +none yet +- +next snapshot due in 8d/m,
    );
  });
});
