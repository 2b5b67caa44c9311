import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

test('backend accept-config accepts a changed config of the same repository, with --yes', async () => {
  const site = await Site.synced();
  const place = site.syncd.backend('near');
  const configAt = () => readFileSync(join(place, 'config'), 'utf8');
  expect(await site.must('backend', 'accept-config', 'ahost', 'near')).toContain(
    'there is nothing to accept',
  );

  site.write('config', 'migrated');
  expect(await site.run('sync', 'ahost')).toMatchObject({ code: 1 });
  const unanswered = await site.run('backend', 'accept-config', 'ahost', 'near');
  expect(unanswered.code).not.toBe(0);
  expect(unanswered.stdout + unanswered.stderr).toContain('--yes');
  expect(configAt()).toBe('config');

  await site.must('backend', 'accept-config', 'ahost', 'near', '--yes');
  expect(configAt()).toBe('migrated');
  const kept = readdirSync(join(place, '.backup-syncd')).filter((name) =>
    name.startsWith('config.'),
  );
  expect(kept).toHaveLength(1);
  expect(await site.run('sync', 'ahost')).toMatchObject({ code: 0 });
});
