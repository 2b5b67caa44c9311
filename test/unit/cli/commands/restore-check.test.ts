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
  expect(snapshot.stderr).toContain('snapshot 0000 at source: is not complete there');
  const short = await site.run('restore-check', 'ahost', '--snapshot', '000');
  expect(short.stderr).toContain('snapshot 000: at least 4 digits of the ID are needed');
  expect((await site.run('restore-check', 'bhost')).code).toBe(64);
  expect((await site.run('restore-check')).code).toBe(64);
  expect((await site.run('status', 'ahost')).stdout).not.toContain('restore');
});
