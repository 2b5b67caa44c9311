import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mountTmpfs } from '../support/tmpfs.ts';
import { mainFile } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { openTemporaryDirectory, temporaryDirectory } from '../support/temp.ts';
import { treeOf } from '../support/tree.ts';
import { writeRcloneConfig } from '../support/rclone.ts';
import { describeWithTools, tool } from '../support/tools.ts';

/** Small enough to fill nothing, and large enough for a seed repository. */
const DISK = { sizeBytes: 32 * 1024 * 1024 };

describeWithTools(['newest/restic', 'tmpfs'], 'backend init, where a disk is not mounted', () => {
  test('is refused for a place on the disk of the source or the system, and for one that was complete elsewhere', async () => {
    const { path } = await seedRepository('newest');
    const disk = await mountTmpfs(DISK);
    const near = join(disk.path, 'restic');
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source: path, backends: { near } });
    const init = (...args: readonly string[]) =>
      syncd.cli(['backend', 'init', 'ahost', 'near', ...args]);
    expect(await init()).toMatchObject({ code: 0 }); // a disk of its own needs no option
    expect(await syncd.sync()).toMatchObject({ code: 0 });

    await disk.unmount();

    const before = treeOf(disk.path);
    const synced = await syncd.sync();
    expect(synced.backends).toMatchObject([
      {
        reason: 'not_initialised',
        message: expect.stringContaining('is not mounted'),
        hint: expect.stringMatching(/^mount .*backend init --new-disk ahost near$/),
      },
    ]);
    for (const args of [[], ['--same-disk'], ['--adopt', '--same-disk']]) {
      const refused = await init(...args);
      expect({ args, ...refused }).toMatchObject({
        args,
        code: 1,
        stderr: expect.stringMatching(
          /complete before(.|\n)*mount its disk first(.|\n)*--new-disk/,
        ),
      });
    }
    const onSystem = await init('--new-disk');
    expect(onSystem).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /same file system(.|\n)*mount its disk first(.|\n)*init --new-disk --same-disk ahost near/,
      ),
    });
    expect(treeOf(disk.path)).toEqual(before);

    expect(await init('--new-disk', '--same-disk')).toMatchObject({ code: 0 });
    expect(await syncd.sync()).toMatchObject({ code: 0 });
    // a place that is marked was chosen before
    expect(await init('--adopt')).toMatchObject({ code: 0 });
  });
});

describe('backend init', () => {
  test('is refused on the file system of the source, wherever the system is', async () => {
    const source = temporaryDirectory();
    mkdirSync(join(source, 'repository'));
    const syncd = new Syncd();
    const near = join(source, 'replica', 'deep');
    syncd.writeClient('ahost', { source: join(source, 'repository'), backends: { near } });

    const refused = await syncd.cli(['backend', 'init', 'ahost', 'near']);

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('as the source') });
    expect(existsSync(join(source, 'replica'))).toBe(false);
  });
});

const isRoot = process.getuid?.() === 0;
/** A user ID that no user of this machine has. */
const DAEMON = 54321;

(isRoot ? describe : describe.skip)('backend init by root, for a daemon of another user', () => {
  test('gives what it makes to the owner of the state directory', async () => {
    const { syncd, near } = setUp();

    expect(await syncd.init('near')).toContain('is now a backend');

    const made = ['', 'restic', 'restic/ahost', 'restic/ahost/.backup-syncd'];
    for (const path of [...made, 'restic/ahost/.backup-syncd/backend.json'].slice(1))
      expect([path, owner(join(near, path))]).toEqual([path, DAEMON]);
    for (const name of readdirSync(syncd.stateDir))
      expect([name, owner(join(syncd.stateDir, name))]).toEqual([name, DAEMON]);
  });

  describeWithTools(['newest/rclone'], 'at a remote on this machine', () => {
    test('makes the directory as the owner of the state directory', async () => {
      const { syncd, near } = setUp();
      chownSync(near, DAEMON, DAEMON);
      const rclone = join(near, 'bin/rclone'); // where that user may use it
      cpSync(tool('rclone', 'newest'), rclone);
      const remote = { rclone: 'far:ahost', rcloneConfig: join(near, 'rclone.conf') };
      writeRcloneConfig(remote.rcloneConfig, { far: { type: 'alias', remote: near } });
      chownSync(remote.rcloneConfig, DAEMON, DAEMON);
      const source = openTemporaryDirectory();
      syncd.writeClient('ahost', { source, backends: [], remotes: { far: remote } });

      const PATH = [dirname(rclone), process.env['PATH']].join(delimiter);
      const done = await syncd.cli(['backend', 'init', 'ahost', 'far'], { env: { PATH } });

      expect(done).toMatchObject({ code: 0, stderr: '' });
      for (const path of ['ahost', 'ahost/.backup-syncd', 'ahost/.backup-syncd/backend.json'])
        expect([path, owner(join(near, path))]).toEqual([path, DAEMON]);
    });
  });

  test('names what refuses the daemon’s user, and the command that helps', async () => {
    const { syncd, near } = setUp();
    mkdirSync(join(near, 'restic'), { mode: 0o700 });
    mkdirSync(join(near, 'restic/ahost'), { mode: 0o700 });
    chownSync(join(near, 'restic/ahost'), DAEMON, DAEMON);

    const { code, stderr } = await syncd.cli(['backend', 'init', '--same-disk', 'ahost', 'near']);

    expect(code).toBe(1);
    expect(stderr).toContain(
      `uid ${DAEMON} may not pass through ${near}/restic, which belongs to user root (uid 0);`,
    );
    expect(stderr).toContain(`as root, run: chmod o+x ${near}/restic`);
    expect(existsSync(join(near, 'restic/ahost/.backup-syncd'))).toBe(false);
  });

  test('check-config by another user does not take the state directory away from the daemon', async () => {
    const { syncd, near } = setUp();
    mkdirSync(join(near, 'restic/ahost'), { recursive: true, mode: 0o700 });
    chmodSync(join(near, 'restic'), 0o755);
    chownSync(join(near, 'restic/ahost'), DAEMON, DAEMON);
    chmodSync(syncd.stateDir, 0o700);
    const check = [process.execPath, mainFile, 'check-config'];
    // the program may lie where only root may go, as in a private checkout
    const search = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const user = ['--reuid', '54322', '--regid', '54322', '--clear-groups'];
    const asOther = [...user, ...search, ...check];

    const byOther = await runProcess('setpriv', asOther, { env: syncd.environment() });
    const byRoot = await syncd.cli(['check-config']);

    expect(byOther).toMatchObject({ code: 0, stderr: expect.stringContaining('sudo -u 54321') });
    expect(byOther.stderr).not.toMatch(/chown|install -d|error/);
    expect(byRoot).toMatchObject({ code: 0, stderr: '' });
    chownSync(join(near, 'restic/ahost'), 0, 0);
    expect(await syncd.cli(['check-config'])).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(`run: chown -R ${DAEMON} ${near}/restic/ahost`),
    });
  });

  function setUp() {
    const near = openTemporaryDirectory();
    const syncd = new Syncd({}, openTemporaryDirectory());
    const source = openTemporaryDirectory();
    mkdirSync(syncd.stateDir);
    mkdirSync(syncd.runtimeDir);
    for (const path of [syncd.stateDir, syncd.runtimeDir]) chownSync(path, DAEMON, DAEMON);
    syncd.writeClient('ahost', { source, backends: { near: join(near, 'restic/ahost') } });
    return { syncd, near };
  }

  function owner(path: string): number {
    return statSync(path).uid;
  }
});
