import { chownSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mainFile } from '../support/cli.ts';
import { failingCall, type FailingCall } from '../support/fail-calls.ts';
import { runProcess, type ProcessOptions, type ProcessResult } from '../support/process.ts';
import { checkReplica, objectsOf } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { Syncd, type ClientStatus } from '../support/syncd.ts';
import { openTemporaryDirectory } from '../support/temp.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';
import { changeTree } from '../support/sample-data.ts';

/** Numbers of Linux; Node has a name for none of these but the last two. */
const [ESTALE, EUCLEAN, EDQUOT, EKEYEXPIRED] = [116, 117, 122, 127];
const [EREMOTEIO, EMFILE] = [121, 24];

describeWithTools(['newest/restic', 'fail-calls'], 'errors of the file system', () => {
  test('at a backend: each has its reason, a hint and its name; then the pass succeeds', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const near = syncd.backend('near');
    const cases: [FailingCall, number, reason: string, message: RegExp, hint: RegExp][] = [
      ['write', EDQUOT, 'no_space', /EDQUOT: disk quota exceeded, write '.*near/, /quota/],
      ['open', ESTALE, 'unreachable', /ESTALE: stale file handle/, /remount/],
      ['stat', EKEYEXPIRED, 'auth', /EKEYEXPIRED: key has expired/, /Kerberos/],
      ['readdir', EREMOTEIO, 'unreachable', /EREMOTEIO/, /dmesg/],
      ['rename', EUCLEAN, 'unreachable', /EUCLEAN: structure needs cleaning/, /fsck/],
      ['fsync', EDQUOT, 'no_space', /EDQUOT: disk quota exceeded, fsync '.*near/, /quota/],
      ['statfs', ESTALE, 'unreachable', /ESTALE/, /remount/],
      ['open', EMFILE, 'tool', /EMFILE/, /LimitNOFILE/],
    ];

    for (const [call, errno, reason, message, hint] of cases) {
      const { code, backends } = await syncd.sync(['ahost'], {
        env: failingCall(call, errno, { path: near }),
      });
      expect({ call, errno, code, backends }).toMatchObject({
        call,
        errno,
        code: 1,
        backends: [
          { reason, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
        ],
      });
    }

    expect(await syncd.sync()).toMatchObject({ code: 0, backends: [{ outcome: 'complete' }] });
    expect(objectsOf(near)).toEqual(objectsOf(path));
    expect(await checkReplica(near, 'newest')).toMatchObject({ ok: true });
  });

  test('at a source: named, with a hint; a limit of this machine is not blamed on it', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const cases: [FailingCall, number, place: string, reason: string, hint: RegExp][] = [
      ['readdir', EKEYEXPIRED, path, 'source_unavailable', /Kerberos/],
      ['open', EMFILE, path, 'tool', /LimitNOFILE/],
    ];

    for (const [call, errno, place, reason, hint] of cases) {
      await syncd.sync(['ahost'], { env: failingCall(call, errno, { path: place }) });
      expect(await sourceOf(syncd)).toMatchObject({
        state: 'unreadable',
        reason,
        hint: expect.stringMatching(hint),
      });
    }
    const packs = join(path, 'data');
    const pack = objectsOf(path).find((name) => name.startsWith('data/')) ?? '';
    const onlyOne = failingCall('open', EMFILE, { path: join(path, pack) });
    expect((await syncd.sync(['ahost'], { env: onlyOne })).backends).toMatchObject([
      { reason: 'tool', hint: expect.stringContaining('LimitNOFILE') },
    ]);
    const stale = failingCall('read', ESTALE, { path: packs });
    expect((await syncd.sync(['ahost'], { env: stale })).backends).toMatchObject([
      { reason: 'source_unavailable', message: expect.stringMatching(/ESTALE.*data/) },
    ]);
    // of one file, and named: a checksum of the file system that does not match
    const damaged = failingCall('read', EUCLEAN, { path: packs });
    expect((await syncd.sync(['ahost'], { env: damaged })).backends).toMatchObject([
      { reason: 'source_corrupt', message: expect.stringMatching(/cannot be read: EUCLEAN/) },
    ]);
    expect(await syncd.sync()).toMatchObject({ code: 0, backends: [{ outcome: 'complete' }] });
  });

  test('unreadable locks are logged once, and stop nothing', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const locks = join(path, 'locks');

    const env = failingCall('readdir', ESTALE, { path: locks });
    const { code, stderr } = await syncd.sync(['--log-level', 'warn', 'ahost'], { env });
    expect(code).toBe(0);
    expect(stderr).toContain('the locks of the source cannot be read: ESTALE');

    const changes: [name: string, change: () => void][] = [
      ['absent', () => undefined],
      ['a file', () => writeFileSync(locks, 'x')],
      ['a link', () => symlinkSync('/', locks)],
    ];
    for (const [name, change] of changes) {
      rmSync(locks, { recursive: true });
      change();
      expect({ name, ...(await syncd.sync()) }).toMatchObject({ name, code: 0 });
      if (name === 'absent') writeFileSync(locks, '');
    }
  });
});

describeWithTools(['newest/restic', 'root'], 'a user without a name or a home', () => {
  test('is named by number in what it may not do', async () => {
    const { path } = await seedRepository('newest');
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const uid = 54_321;
    const own = join(syncd.directory, 'source');
    cpSync(path, own, { recursive: true, verbatimSymlinks: true });
    syncd.writeClient('ahost', { source: own, backends: ['near'] });
    chownAll(syncd.directory, uid);
    chownSync(syncd.backend('near'), 0, 0);
    const program = [process.execPath, mainFile, 'sync', 'ahost'];
    // The test's temporary directory may be closed to others: the user may search directories, and write to none.
    const search = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const become = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', ...search];

    const { code, stdout } = await runProcess('setpriv', [...become, ...program], {
      env: { ...syncd.environment(), HOME: undefined, USER: undefined },
    });

    expect(code).toBe(1);
    expect(stdout).toContain(
      `uid ${uid} may not write to ${syncd.backend('near')}, which belongs to user root (uid 0); as root, run: chown -R ${uid} ${syncd.backend('near')}`,
    );
    expect(stdout).not.toContain('passwd');

    // as root, restic has been at work in the replica: what refuses is where the file is moved to
    chownAll(syncd.backend('near'), uid);
    const sync = () => runProcess('setpriv', [...become, ...program], { env: syncd.environment() });
    expect(await sync()).toMatchObject({ code: 0 });
    const snapshots = join(syncd.backend('near'), 'snapshots');
    for (const name of readdirSync(snapshots)) rmSync(join(snapshots, name));
    chownSync(snapshots, 0, 0);
    expect((await sync()).stdout).toContain(
      `uid ${uid} may not write to ${snapshots}, which belongs to user root (uid 0); as root, run: chown -R ${uid} ${syncd.backend('near')}`,
    );
  });
});

describeWithTools(['newest/restic', 'root', 'tmpfs'], 'a user of no group of the source', () => {
  test('gets a command that lets a group read it, including what restic writes later', async () => {
    const seeded = await seedRepository('newest');
    const path = join(openTemporaryDirectory(), 'repository');
    cpSync(seeded.path, path, { recursive: true });
    const syncd = new Syncd({}, openTemporaryDirectory());
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const uid = 54_321;
    chownAll(syncd.directory, uid);
    const become = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
    const reachable = openTemporaryDirectory();
    const program = [process.execPath, join(reachable, 'dist/main.js')];
    const sync = () =>
      withProjectAt(reachable, ['setpriv', ...become, ...program, 'sync', 'ahost'], {
        env: syncd.environment(),
      });

    const { stdout } = await sync();

    const [, command = ''] = /let its group read: (.*)/.exec(stdout) ?? [];
    expect(command).toContain(path);
    expect(await runProcess('sh', ['-c', command])).toMatchObject({ code: 0 });
    expect(await sync()).toMatchObject({ code: 0 });
    changeTree(seeded.data, { seed: 5 });
    await ResticRepository.open({ generation: 'newest', path }).backup(seeded.data);
    const later = await sync();
    expect({ code: later.code, stdout: later.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 snapshot') as unknown,
    });
  });
});

/** Runs a command that finds the project at another path: its own may be closed to others. Nobody else sees that mount. */
async function withProjectAt(
  path: string,
  command: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const script = 'mount --bind -o ro "$1" "$2" && shift 2 && exec "$@"';
  const args = ['--mount', 'sh', '-c', script, 'sh', projectDirectory, path, ...command];
  return runProcess('unshare', args, options);
}

function chownAll(directory: string, uid: number): void {
  chownSync(directory, uid, uid);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    chownSync(join(directory, name), uid, uid);
}

async function sourceOf(syncd: Syncd): Promise<ClientStatus['source']> {
  const { stdout } = await syncd.cli(['status', '--json']);
  const { clients } = JSON.parse(stdout) as { clients: ClientStatus[] };
  const [client] = clients;
  if (client === undefined) throw new Error(stdout);
  return client.source;
}
