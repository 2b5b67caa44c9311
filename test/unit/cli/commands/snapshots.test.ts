import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

test('snapshots says of each where it is complete', async () => {
  const site = await Site.synced(['near', 'far']);
  site.act({ verb: 'backup', blobs: [7] });
  await site.must('sync', 'ahost', '--backend', 'near');
  const { code, stdout, stderr } = await site.run('snapshots', 'ahost');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^no daemon is running: /);
  const rows = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/).slice(3).join(' '));
  expect(rows.sort()).toEqual(['yes yes MISSING 2 (too few)', 'yes yes yes 3', 'yes yes yes 3']);
});

test('snapshots has a document, a limit, and no client that is not configured', async () => {
  const site = await Site.synced();
  expect(JSON.parse(await site.must('snapshots', 'ahost', '--json'))).toMatchObject({
    schemaVersion: 1,
    client: 'ahost',
    isRunning: false,
    snapshots: [{}, {}],
  });
  const short = await site.must('snapshots', 'ahost', '--limit', '1');
  expect(short.match(/ yes +yes +2$/gm)).toHaveLength(1);
  expect(await site.run('snapshots', 'bhost')).toMatchObject({ code: 64, stdout: '' });
});
