import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { visibleSnapshots } from '../../../support/replica.ts';
import { Site } from '../../../support/site.ts';

test('backend retire --yes moves what the source has forgotten, and restore-retired moves it back', async () => {
  const site = await Site.synced();
  const [gone = ''] = readdirSync(join(site.source, 'snapshots'));
  rmSync(join(site.source, 'snapshots', gone));
  await site.must('sync', 'ahost');
  const place = site.syncd.backend('near');
  const visible = () => visibleSnapshots(place).length;

  const dry = await site.must('backend', 'retire', 'ahost', 'near', '--all', '--dry-run');
  expect(dry).toContain(`snapshots/${gone}`);
  const unanswered = await site.run('backend', 'retire', 'ahost', 'near', '--all');
  expect(unanswered.code).not.toBe(0);
  expect(unanswered.stdout + unanswered.stderr).toContain('--yes');
  expect(visible()).toBe(2);

  const moved = await site.must('backend', 'retire', 'ahost', 'near', '--all', '--yes');
  expect(moved).toMatch(/^1 object moved to /);
  expect(visible()).toBe(1);
  const { clients } = JSON.parse((await site.run('status', '--json')).stdout) as {
    clients: [{ backends: [{ lastAudit: object }] }];
  };
  expect(clients[0].backends[0].lastAudit).toMatchObject({
    surplus: { snapshots: 0 },
    findings: expect.arrayContaining([expect.objectContaining({ finding: 'retired', count: 1 })]),
  });
  const [date = ''] = readdirSync(join(place, '.backup-syncd', 'retired'));
  await site.must('backend', 'restore-retired', 'ahost', 'near', date, '--yes');
  expect(visible()).toBe(2);
  const holdsBoth = async () => {
    const status = (await site.run('status', 'ahost')).stdout;
    expect(status).toMatch(/^near +up to date .* 2 complete/m);
    expect(status).not.toContain('unproven');
  };
  await holdsBoth();
  await site.must('sync', 'ahost');
  await holdsBoth();
});

test('backend retire has nothing to move where the source has everything', async () => {
  const site = await Site.synced();
  expect(await site.must('backend', 'retire', 'ahost', 'near', '--all', '--dry-run')).toMatch(
    /^nothing to move: /,
  );
});
