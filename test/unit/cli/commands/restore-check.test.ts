import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

function withPassword(site: Site): void {
  const file = join(site.syncd.directory, 'password');
  writeFileSync(file, 'secret', { mode: 0o600 });
  const source = { directory: site.source, password: { file } };
  site.syncd.writeClient('ahost', { source, backends: ['near'] });
}

test('without a password, the command says what to add', async () => {
  const { code, stderr } = await new Site().run('restore-check', 'ahost');

  expect(code).toBe(78);
  expect(stderr).toContain('the password of its repository is not configured');
  expect(stderr).toContain('add source.password to the configuration of ahost');
});

test('a place, a snapshot or a client that does not exist is a mistake, and no failed check', async () => {
  const site = await Site.synced();
  withPassword(site);

  const place = await site.run('restore-check', 'ahost', '--backend', 'far');
  expect(place).toMatchObject({ code: 1, stdout: '' });
  expect(place.stderr).toMatch(/nothing can be restored from far\n.*the places are source, near/);
  const snapshot = await site.run('restore-check', 'ahost', '--snapshot', '0000');
  expect(snapshot.stderr).toContain('snapshot 0000 is not complete at source');
  const short = await site.run('restore-check', 'ahost', '--snapshot', '000');
  expect(short.stderr).toContain('snapshot 000: at least 4 digits of the ID are needed');
  expect((await site.run('restore-check', 'bhost')).code).toBe(64);
  expect((await site.run('restore-check')).code).toBe(64);
  expect((await site.run('status', 'ahost')).stdout).not.toContain('restore');
});

test('a client that is paused is no failure unless somebody names it, with and without a daemon', async () => {
  const site = await Site.synced();
  withPassword(site);
  await site.must('pause', 'ahost', '--until', '2h', '--reason', 'new disks');
  const check = async (): Promise<void> => {
    const all = await site.run('restore-check', '--all');
    expect(all).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^ahost: .*: new disks$/m),
    });
    expect(all.stderr).toContain('backup-syncd resume ahost');
    expect(await site.run('restore-check', 'ahost')).toMatchObject({ code: 1 });
  };

  await check();
  await site.daemon();
  await check();
});

test('--all leaves out clients without a password, and one that cannot be checked stops no other', async () => {
  const site = await Site.synced();
  withPassword(site);
  const away = (name: string) => join(site.syncd.directory, name);
  site.syncd.writeClient('bhost', { source: away('b'), backends: [] });
  const source = { directory: away('a'), password: { env: 'NONE' } };
  site.syncd.writeClient('aaway', { source, backends: [] });

  const { code, stdout, stderr } = await site.run('restore-check', '--all', '--json');

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    checks: [
      { client: 'aaway', error: 'aaway: no place is known to have a complete snapshot' },
      {
        client: 'ahost',
        outcome: 'inconclusive', // what is in the source is no repository of restic
        checkedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ],
  });
  expect(stderr).toContain('bhost: skipped, because the password of its repository is not');
  expect((await site.run('restore-check', '--all', 'ahost')).code).toBe(64);
});
