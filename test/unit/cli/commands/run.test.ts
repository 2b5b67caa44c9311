import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

test('run takes a client or --all, and no client that is not configured', async () => {
  const site = new Site();
  expect(await site.run('run', 'ahost', '--all')).toMatchObject({
    code: 64,
    stderr: 'backup-syncd: run takes a client or --all, not both\n',
  });
  expect((await site.run('run', 'nobody')).code).toBe(64);
});
