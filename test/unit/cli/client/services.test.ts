import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { followFile } from '../../../../src/cli/client/services.ts';
import { Site } from '../../../support/site.ts';
import { projectDirectory } from '../../../support/tools.ts';

/** A site beside which there is a runit tree, but no runit. */
function siteWithRunit(): { readonly site: Site; readonly runit: string } {
  const site = new Site();
  const runit = join(site.syncd.configDir, 'runit');
  cpSync(join(projectDirectory, 'deploy/runit/tree'), runit, { recursive: true });
  return { site, runit };
}

const linksIn = (runit: string) =>
  existsSync(join(runit, 'enabled')) ? readdirSync(join(runit, 'enabled')) : [];

test('client enable makes the services and the link, and client disable removes the link only', async () => {
  const { site, runit } = siteWithRunit();

  const enabled = await site.must('client', 'enable', 'ahost');
  expect(enabled).toMatch(/^ahost: enabled\n/); // its file did not change, but its link did
  expect(enabled).toContain(`runit starts its services within seconds: backup-syncd (in ${runit}`);
  expect(readlinkSync(join(runit, 'enabled/ahost'))).toBe('../clients/ahost');
  expect(await site.must('client', 'enable', 'ahost')).toBe('ahost: already enabled\n');

  mkdirSync(join(runit, 'clients/ahost/services/minio'));
  const disable = ['client', 'disable', 'ahost', '--reason', 'sold'] as const;
  const disabled = await site.must(...disable);
  expect(disabled).toContain('also those of your own: backup-syncd, minio; they stay in');
  expect(linksIn(runit)).toEqual([]);
  expect(await site.must(...disable)).toMatch(/^ahost: already disabled/);
  expect(JSON.parse(await site.must('client', 'enable', 'ahost', '--json'))).toMatchObject({
    enabled: true,
    isChanged: true,
    services: ['backup-syncd', 'minio'],
  });
});

test('the file decides, and the same command again makes a link follow it', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  rmSync(join(runit, 'enabled/ahost'));
  const wrong =
    'ahost is enabled, but runit does not run it; run: backup-syncd client enable ahost';
  expect(await site.must('client', 'list')).toContain(wrong);
  expect((await site.run('client', 'show', 'ahost')).stdout).toContain(wrong);
  expect(JSON.parse(await site.must('client', 'list', '--format', 'json'))).toMatchObject({
    clients: [{ client: 'ahost', services: ['backup-syncd'], isLinked: false }],
  });

  await site.must('client', 'enable', 'ahost');
  expect(await site.must('client', 'list')).not.toContain('runit');
  expect((await site.run('client', 'show', 'ahost')).stdout).toContain(
    '\nrunit runs: backup-syncd\n',
  );

  await site.must('client', 'disable', 'ahost', '--reason', 'sold');
  symlinkSync('../clients/ahost', join(runit, 'enabled/ahost'));
  expect((await site.run('client', 'show', 'ahost')).stdout).toContain(
    'ahost is disabled, but runit runs its services',
  );
  expect(await site.must('client', 'disable', 'ahost', '--reason', 'sold')).toMatch(
    /^ahost: disabled /,
  );
  expect(linksIn(runit)).toEqual([]);
});

test('two clients whose daemons would listen at one address are not both enabled', async () => {
  const { site, runit } = siteWithRunit();
  site.syncd.writeDaemon({ listen: '127.0.0.1:10987' });
  const add = ['client', 'add', 'bhost', '--source', '/srv/b'] as const;

  const refused = await site.run(...add);
  expect(refused).toMatchObject({ code: 78 });
  expect(refused.stderr).toContain(
    'the daemon of bhost would listen at 127.0.0.1:10987, as that of ahost does, and nothing was changed',
  );
  expect(refused.stderr).toContain(
    'add --listen 127.0.0.1:10988, which gives it an address of its own in clients/bhost.yaml',
  );
  expect(existsSync(site.syncd.clientFile('bhost'))).toBe(false);
  expect(linksIn(runit)).toEqual([]);

  await site.must('client', 'disable', 'ahost', '--reason', 'x');
  await site.must('client', 'add', 'other', '--source', '/srv/o');
  expect((await site.run('client', 'enable', 'ahost')).stderr).toContain(
    'set `listen` in clients/ahost.yaml to an address of its own, e.g. 127.0.0.1:10988',
  );
  await site.must('client', 'remove', 'other');

  const added = await site.must(...add, '--listen', '127.0.0.1:10988');
  expect(added).toContain('listen: 127.0.0.1:10988');
  expect(added).toContain('runit starts its services within seconds: backup-syncd');
  expect(linksIn(runit)).toEqual(['bhost']);
});

test('a dry run of client add makes no services', async () => {
  const { site, runit } = siteWithRunit();

  await site.must('client', 'add', 'bhost', '--source', '/srv/b', '--dry-run');

  expect(existsSync(join(runit, 'clients'))).toBe(false);
});

test('client rename takes the services along, and client remove leaves them and says where they are', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  mkdirSync(join(runit, 'clients/ahost/services/minio'));

  const renamed = await site.must('client', 'rename', 'ahost', 'bhost');
  expect(renamed).toContain('runit starts its services within seconds: backup-syncd, minio');
  expect(linksIn(runit)).toEqual(['bhost']);
  expect(readdirSync(join(runit, 'clients'))).toEqual(['bhost']);

  const removed = await site.must('client', 'remove', 'bhost');
  expect(removed).toContain('also those of your own: backup-syncd, minio; they stay in');
  const [, toDelete = ''] = /run: (rm -rf -- .*\/runit\/.*)\n/.exec(removed) ?? [];
  expect(linksIn(runit)).toEqual([]);
  expect(readdirSync(join(runit, 'clients/bhost/services'))).toEqual(['backup-syncd', 'minio']);
  execFileSync('sh', ['-c', toDelete]);
  expect(readdirSync(join(runit, 'clients'))).toEqual([]);
});

test('client rename refuses a name under which there are services', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  mkdirSync(join(runit, 'clients/bhost/services'), { recursive: true });

  const { code, stderr } = await site.run('client', 'rename', 'ahost', 'bhost');

  expect({ code, links: linksIn(runit) }).toEqual({ code: 1, links: ['ahost'] });
  expect(stderr).toContain('there are services of a former client bhost');
});

test('a link that outlives the file of its client is removed with the client', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  rmSync(site.syncd.clientFile('ahost'));

  expect(await site.must('client', 'remove', 'ahost')).toMatch(
    /^ahost: already removed, but its services still ran\n {2}runit stops its services/,
  );

  expect(linksIn(runit)).toEqual([]);
});

test('what someone else decides while a command changes the link is what counts', async () => {
  const { site, runit } = siteWithRunit();
  const { configDir } = site.syncd;
  await site.must('client', 'enable', 'ahost');

  // client disable has written the file, and then client enable did
  await expect(followFile(configDir, 'ahost', { isEnabled: false })).rejects.toThrow(
    'someone else enabled ahost',
  );
  expect(linksIn(runit)).toEqual(['ahost']);

  await site.must('client', 'disable', 'ahost', '--reason', 'sold');
  await expect(followFile(configDir, 'ahost', { isEnabled: true })).rejects.toThrow(
    'someone else disabled ahost',
  );
  expect(linksIn(runit)).toEqual([]);

  // client remove has moved the file, and then client add wrote it again, or the other way around
  await site.must('client', 'enable', 'ahost');
  await expect(followFile(configDir, 'ahost', { isEnabled: false })).rejects.toThrow(
    'else enabled',
  );
  expect(linksIn(runit)).toEqual(['ahost']);
  rmSync(site.syncd.clientFile('ahost'));
  await expect(followFile(configDir, 'ahost', { isEnabled: true })).rejects.toThrow('else removed');
  expect(linksIn(runit)).toEqual([]);
});

test('client remove is announced even if its link is not one of ours, and the advice ends it', async () => {
  const { site, runit } = siteWithRunit();
  mkdirSync(site.syncd.stateDir);
  await site.must('client', 'enable', 'ahost');
  const link = join(runit, 'enabled/ahost');
  rmSync(link);
  mkdirSync(link);

  const refused = await site.run('client', 'remove', 'ahost');

  expect(refused).toMatchObject({ code: 69 });
  expect(refused.stderr).toContain('move it away, then run the command again');
  expect(readFileSync(join(site.syncd.stateDir, 'removed-clients'), 'utf8')).toContain('ahost');
  rmdirSync(link);
  expect(await site.must('client', 'remove', 'ahost')).toBe('ahost: already removed\n');
});

test('where all clients are disabled, no daemon runs, so Prometheus gets no target', async () => {
  const { site } = siteWithRunit();
  site.syncd.writeDaemon({ listen: '127.0.0.1:10987' });
  const targets = async () =>
    JSON.parse(await site.must('client', 'list', '--format', 'prometheus-sd')) as unknown;
  expect(await targets()).toEqual([{ targets: ['127.0.0.1:10987'], labels: {} }]);

  await site.must('client', 'disable', 'ahost', '--reason', 'sold');

  expect(await targets()).toEqual([]);
});

test('a tree that cannot be read is unknown, and hides no client', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  rmSync(join(runit, 'clients/ahost'), { recursive: true });
  symlinkSync('ahost', join(runit, 'clients/ahost')); // a link to itself

  const wrong = /it is unknown whether runit runs ahost: ELOOP/;
  expect(await site.must('client', 'list')).toMatch(wrong);
  expect((await site.run('client', 'show', 'ahost')).stdout).toMatch(wrong);
  expect(JSON.parse(await site.must('client', 'list', '--format', 'json'))).toMatchObject({
    clients: [{ client: 'ahost', disagreement: expect.stringMatching(wrong) as unknown }],
  });
});

test('after a kill that left the services under the new name, the advice of client rename keeps them', async () => {
  const { site, runit } = siteWithRunit();
  await site.must('client', 'enable', 'ahost');
  mkdirSync(join(runit, 'clients/ahost/services/minio'));
  await site.must('client', 'disable', 'ahost', '--reason', 'it is being renamed to bhost');
  renameSync(join(runit, 'clients/ahost'), join(runit, 'clients/bhost'));

  const { stderr } = await site.run('client', 'rename', 'ahost', 'chost');
  expect(stderr).toContain('run it again, then rename bhost to chost');
  await site.must('client', 'rename', 'ahost', 'bhost');
  await site.must('client', 'rename', 'bhost', 'chost');

  expect(linksIn(runit)).toEqual(['chost']);
  expect(readdirSync(join(runit, 'clients'))).toEqual(['chost']);
  expect(readdirSync(join(runit, 'clients/chost/services'))).toEqual(['backup-syncd', 'minio']);
});
