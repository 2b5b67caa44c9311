import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';
import { statusOf } from './status-of.ts';

test('backend move uses the same replica at its new path, and nothing else', async () => {
  const site = await Site.synced(['near', 'far']);
  const { syncd } = site;
  const [near, moved] = [syncd.backend('near'), join(syncd.directory, 'elsewhere')];
  const before = await statusOf(site, 'ahost');
  const move = ['backend', 'move', 'ahost', 'near', moved] as const;

  mkdirSync(moved);
  const hint = 'move the replica there first, with its directory .backup-syncd';
  expect(await site.run(...move)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(hint) as unknown,
  });
  rmSync(moved, { recursive: true });
  renameSync(syncd.backend('far'), moved);
  expect(await site.run(...move)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('its marker is that of far') as unknown,
  });
  renameSync(moved, syncd.backend('far'));
  renameSync(near, moved);

  expect(await site.must(...move)).toContain(`now at ${moved} (before: ${near})`);

  expect(await statusOf(site, 'ahost')).toEqual(before);
  site.act({ verb: 'backup', blobs: [7] });
  await site.must('sync', 'ahost');
  expect(existsSync(near)).toBe(false);
  expect(JSON.parse(await site.must(...move, '--json'))).toMatchObject({ isChanged: false });
  for (const [path, code] of [
    ['relative', 64],
    [site.source, 78],
    [syncd.backend('far'), 78],
  ] as const)
    expect((await site.run('backend', 'move', 'ahost', 'near', path)).code).toBe(code);
});
