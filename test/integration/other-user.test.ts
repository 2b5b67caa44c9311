import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeTree } from '../../scripts/packaging/debian-tree.ts';
import { runProcess } from '../support/process.ts';
import { objectsOf } from '../support/replica.ts';
import { Site } from '../support/site.ts';
import { openTemporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** A user ID that no user of this machine has. */
const DAEMON = 54321;

/** Forbids what the Node.js of Debian 13 forbids, because its libuv might use io_uring. The soak runs that one. */
const FORBID = `for (const name of ['initgroups', 'setgroups', 'setgid', 'setuid', 'setegid', 'seteuid'])
  process[name] = () => { throw new Error(name + '() disabled: io_uring may be enabled. See CVE-2024-22017.'); };`;

describeWithTools(['root'], 'root, with a Node.js that cannot become another user', () => {
  test('sets up a client and syncs it, and all of it belongs to the daemon’s user', async () => {
    const site = new Site([], openTemporaryDirectory);
    const { syncd } = site;
    const [near, program] = [openTemporaryDirectory(), openTemporaryDirectory()];
    writeTree(program, '1.0.0'); // where that user may read it
    const forbid = join(program, 'forbid.cjs');
    writeFileSync(forbid, FORBID);
    for (const directory of [syncd.stateDir, syncd.runtimeDir]) mkdirSync(directory);
    for (const directory of [syncd.stateDir, syncd.runtimeDir, near])
      chownSync(directory, DAEMON, DAEMON);
    syncd.writeDaemon({
      defaults: { backends: [{ name: 'near', directory: `${near}/{client}` }] },
    });
    syncd.removeClient('ahost');
    const run = (...args: readonly string[]) =>
      runProcess(process.execPath, [join(program, 'usr/lib/backup-syncd/dist/main.js'), ...args], {
        env: syncd.environment({ NODE_OPTIONS: `--require=${forbid}` }),
      });

    const added = await run('client', 'add', 'ahost', '--source', site.source, '--same-disk');
    const synced = await run('sync', 'ahost');

    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toContain('is now a backend (created the directory)');
    expect(synced).toMatchObject({ code: 0 });
    expect(objectsOf(join(near, 'ahost'))).toEqual(objectsOf(site.source));
    const made = ['ahost', 'ahost/config', 'ahost/.backup-syncd/backend.json'];
    for (const path of [
      ...made.map((name) => join(near, name)),
      join(syncd.stateDir, 'ahost.json'),
    ])
      expect([path, statSync(path).uid]).toEqual([path, DAEMON]);
    expect(statSync(syncd.clientFile('ahost')).uid).toBe(0);

    const paused = await run('pause', 'ahost', '--until', '2h', '--reason', 'sold', '--json');
    expect(paused).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"root (0)"') as unknown,
    });

    const backends = ['near', 'far'].map((name) => ({
      name,
      directory: `${near}/${name === 'near' ? '' : 'far-'}{client}`,
    }));
    syncd.writeDaemon({ defaults: { backends } });
    chmodSync(syncd.configDir, 0o700); // that user may not read it, so its process prints no result
    const refused = await run('backend', 'init', '--all', '--same-disk');
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /did not answer\n.*run: backup-syncd backend init ahost far/,
      ) as unknown,
    });
  });
});
