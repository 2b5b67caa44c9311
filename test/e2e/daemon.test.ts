import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { onCleanUp } from '../support/clean-up.ts';
import { mainFile, startDaemon } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { newBackup, ResticRepository, seedRepository } from '../support/restic.ts';
import { createTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

async function expectSound(replica: string): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  expect(await checkReplica(replica, generation)).toMatchObject({ ok: true });
}

/** A listening socket, and one more for each connection to it, accepted or not. */
function countSockets(path: string): number {
  const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return lines.filter((line) => line.endsWith(` ${path}`)).length;
}

/** A repository of a few packs, which take a moment to copy. */
async function largeRepository(): Promise<{ repository: ResticRepository; path: string }> {
  const path = join(temporaryDirectory(), 'repository');
  const repository = await ResticRepository.create({ generation, path });
  const data = temporaryDirectory();
  createTree(data, { files: 12, maxFileBytes: 2 * 1024 * 1024 });
  await repository.run(['backup', '.', '--pack-size', '4'], { cwd: data });
  return { repository, path };
}

describeWithTools(['newest/restic'], 'a new snapshot', () => {
  test('is complete at both backends at once when the source is watched', async () => {
    const seed = await seedRepository(generation);
    const settings = { source: seed.path, backends: ['near', 'far'], poll: '1h' };
    const syncd = await Syncd.create(settings);
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    await daemon.untilComplete('far', 2);
    for (const number of [3, 4]) {
      const id = await newBackup(seed, number);
      const startedAt = Date.now();
      await daemon.untilComplete('near', id);
      await daemon.untilComplete('far', id);
      console.info(`complete at both within ${Date.now() - startedAt} ms of restic's end`);
    }
    expect((await daemon.client()).protection.copies).toBe(3);
    expect(await daemon.metric('backend_snapshots', { backend: 'far' })).toBe(4);
    await expectSound(syncd.backend('far'));
  });

  test('is found by polling alone', async () => {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({
      source: seed.path,
      backends: ['near'],
      poll: '1s',
      watch: false,
    });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    await daemon.untilComplete('near', await newBackup(seed, 3));
  });
});

describeWithTools(['newest/restic'], 'a restart', () => {
  test('serves what was known at once, also after kill -9', async () => {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'], poll: '1h' });
    const daemon = await syncd.start();
    const { latestSnapshotId } = await daemon.untilComplete('near', 2);
    const time = await daemon.metric('backend_latest_snapshot_timestamp_seconds');
    expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
    renameSync(seed.path, `${seed.path}.away`); // it can learn nothing
    const again = await syncd.start();
    expect(await again.metric('backend_latest_snapshot_timestamp_seconds')).toBe(time);
    expect(await again.backend('near')).toMatchObject({ latestSnapshotId, snapshots: 2 });
    again.process.killGroup('SIGKILL');
    await again.process.exited;
    const third = await syncd.start();
    expect(await third.metric('backend_latest_snapshot_timestamp_seconds')).toBe(time);
    renameSync(`${seed.path}.away`, seed.path);
  });

  test('with a damaged state file: moved aside, and everything is rebuilt, including times of snapshots', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const file = join(syncd.stateDir, 'ahost.json');
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    const good = readFileSync(file, 'utf8');
    for (const damaged of [
      '',
      '{',
      good.slice(0, 200),
      '[]',
      '\0'.repeat(500),
      '{"schemaVersion":1}',
    ]) {
      writeFileSync(file, damaged);
      const result = await syncd.syncHere();
      expect(result).toMatchObject({ code: 0, backends: [{ sent: { objects: 0 } }] });
    }
    const aside = readdirSync(syncd.stateDir).filter((name) => name.includes('damaged'));
    expect(aside.length).toBeGreaterThan(0);
    rmSync(file);
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ sent: { objects: 0 } }] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
  }, 400_000);

  test('with a state file of a newer version: refused, and the file stays', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    const file = join(syncd.stateDir, 'ahost.json');
    const newer = readFileSync(file, 'utf8').replace(
      /"schemaVersion":\s*\d+/,
      '"schemaVersion":99',
    );
    writeFileSync(file, newer);
    // `status` shows every client: of this one it says that it is unknown, and why
    const expected = [
      { args: ['run'], code: 78 },
      { args: ['sync', 'ahost'], code: 78 },
      { args: ['status'], code: 3 },
    ];
    for (const { args, code: wanted } of expected) {
      const { code, stdout, stderr } = await syncd.here(args);
      const said = stdout + stderr;
      expect({ args, code, said }).toEqual({
        args,
        code: wanted,
        said: expect.stringContaining('newer version'),
      });
      expect(said).toContain(file);
    }
    expect(readFileSync(file, 'utf8')).toBe(newer);
  });
});

describeWithTools(['newest/restic'], 'one writer', () => {
  test('run CLIENT, with a listener of its own, beside one for another client', async () => {
    const [a, b] = [await seedRepository(generation), await seedRepository(generation)];
    const syncd = new Syncd();
    const listen = `127.0.0.1:${await freePort()}`;
    await syncd.addClient('ahost', { source: a.path, backends: ['near'] });
    await syncd.addClient('bhost', { source: b.path, backends: ['near'], listen });
    const first = await syncd.start(['run', 'ahost']);
    const second = await syncd.start(['run', 'bhost']);
    expect(second.url).toBe(`http://${listen}`);
    await first.untilComplete('near', 2);
    await second.untilComplete('near', 2, { client: 'bhost' });
    expect((await first.clients()).map(({ client }) => client)).toEqual(['ahost']);
    expect(await second.metric('client_enabled', { client: 'ahost' })).toBeUndefined();
    const { code, stderr } = await syncd.cli(['run', '--all']);
    expect(code).toBe(75);
    expect(stderr).toMatch(new RegExp(`process (${first.process.pid}|${second.process.pid})`));
    expect(await syncd.cli(['run', 'ahost', '--all'])).toMatchObject({ code: 64 });
    // it took nothing with it
    expect(await syncd.sync(['--all'])).toMatchObject({ code: 0 });
  });
});

describeWithTools(['newest/restic'], 'obstacles to a start', () => {
  test('a port that is taken: 69, and the clients are let go', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const server = createServer().listen(0, '127.0.0.1');
    onCleanUp(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    syncd.writeDaemon({ listen: `127.0.0.1:${port}` });
    const { code, stderr } = await syncd.here(['run']);
    expect({ code, stderr }).toEqual({ code: 69, stderr: expect.stringContaining(String(port)) });
    syncd.writeDaemon({});
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
  });

  test('a socket path that is too long: 78', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    syncd.writeDaemon({ runtimeDirectory: join(syncd.directory, 'x'.repeat(100)) });
    const { code, stderr } = await syncd.here(['run']);
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringContaining('runtimeDirectory'),
    });
  });

  test.each([
    ['a state directory that is a file', 'stateDirectory'],
    ['a runtime directory that is a file', 'runtimeDirectory'],
  ])('%s: an error that names it', async (_, key) => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const file = join(syncd.directory, 'file');
    writeFileSync(file, '');
    syncd.writeDaemon({ [key]: file });
    const { code, stderr } = await syncd.here(['run']);
    expect({ code, stderr }).toEqual({
      code: expect.any(Number),
      stderr: expect.stringContaining(file),
    });
    expect([69, 78]).toContain(code);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('the state file of another user: names the file and the fix', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    const file = join(syncd.stateDir, 'ahost.json');
    chmodSync(file, 0);
    const withoutCapabilities = ['--bounding-set=-dac_override,-dac_read_search', '--'];
    const args = [...withoutCapabilities, process.execPath, mainFile, 'run'];
    const { code, stderr } = await runProcess('setpriv', args, { env: syncd.environment() });
    expect({ code, stderr }).toEqual({ code: 69, stderr: expect.stringContaining(file) });
    expect(stderr).toContain(`run: chmod u+rw ${file}`);
  });
});

describeWithTools(['newest/restic'], 'sync', () => {
  test('runs in the daemon; Ctrl-C detaches with a message, and the daemon continues', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'], watch: false });
    renameSync(syncd.backend('near'), `${syncd.backend('near')}.away`);
    const daemon = await syncd.start();
    await daemon.until('near', ({ reason }) => reason === 'not_initialised');
    renameSync(`${syncd.backend('near')}.away`, syncd.backend('near'));
    daemon.process.kill('SIGSTOP');
    const sync = startDaemon(['sync', 'ahost'], { env: syncd.environment() });
    const socket = join(syncd.runtimeDir, 'ahost.sock');
    await waitFor(() => countSockets(socket) > 1, { what: 'sync to connect' });
    daemon.process.kill('SIGCONT');
    sync.kill('SIGINT');
    expect(await sync.exited).toEqual({ code: 130, signal: null });
    expect(sync.stderr()).toContain('the daemon continues this sync');
    await daemon.untilComplete('near', 2, { timeoutMs: 150_000 });
    expect(await daemon.client()).toMatchObject({ client: 'ahost' });
    await expectSound(syncd.backend('near'));
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ outcome: 'nothing' }] });
  }, 400_000);

  test('by itself, interrupted: ends soon, keeps what it has sent', async () => {
    const { path } = await largeRepository();
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    const replica = syncd.backend('near');
    const sync = startDaemon(['sync', 'ahost'], { env: syncd.environment() });
    const temporary = join(replica, '.backup-syncd', 'tmp');
    await waitFor(() => existsSync(temporary) && readdirSync(temporary).length > 0, {
      what: 'the sync to write',
      intervalMs: 1,
    });
    const startedAt = Date.now();
    sync.kill('SIGINT');
    sync.kill('SIGINT');
    const { code } = await sync.exited;
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect([130, 0]).toContain(code);
    expect(wrongObjects(replica)).toEqual([]);
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    expect(objectsOf(replica)).toEqual(objectsOf(path));
  }, 400_000);

  test('names that are not configured are refused', async () => {
    const { path } = await seedRepository(generation);
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    for (const args of [[], ['nobody'], ['ahost', '--backend', 'nowhere'], ['../etc']]) {
      expect(await syncd.here(['sync', ...args])).toMatchObject({ code: 64, stdout: '' });
    }
  });
});

describeWithTools(['newest/restic'], 'the configuration, while the daemon runs', () => {
  test('clients are added, changed, refused and removed', async () => {
    const [a, b] = [await seedRepository(generation), await seedRepository(generation)];
    const syncd = new Syncd();
    const first = { source: a.path, backends: ['near'] };
    await syncd.addClient('ahost', first);
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const isValid = (client: string) => daemon.metric('client_config_valid', { client });

    await syncd.addClient('bhost', { source: b.path, backends: ['near'] });
    await waitFor(() => daemon.client('bhost'), { what: 'bhost' });
    await daemon.untilComplete('near', 2, { client: 'bhost' });

    // a bad one: the old goes on
    const good = readFileSync(syncd.clientFile('ahost'), 'utf8');
    for (const bad of ['{', 'sauce: {}', '', good.replace('"1s"', '"soon"')]) {
      writeFileSync(syncd.clientFile('ahost'), bad);
      await waitFor(async () => (await isValid('ahost')) === 0, { what: `refusal of ${bad}` });
      expect(await isValid('bhost')).toBe(1);
      const id = await newBackup(a, bad.length + 20);
      await daemon.untilComplete('near', id);
      writeFileSync(syncd.clientFile('ahost'), good);
      await waitFor(async () => (await isValid('ahost')) === 1, { what: 'ahost to be good' });
    }

    // changed: another backend
    syncd.writeClient('ahost', { ...first, backends: ['near', 'far'] });
    await syncd.init('far');
    await waitFor(() => daemon.backend('far'), { what: 'the backend far' });
    const far = await daemon.until('far', ({ missing, snapshots }) => {
      return missing?.length === 0 && snapshots !== undefined;
    });
    expect(far.snapshots).toBe((await daemon.client()).source.snapshots);

    // removed
    const objects = objectsOf(syncd.backend('near'));
    syncd.removeClient('ahost');
    await waitFor(async () => (await daemon.clients()).length === 1, { what: 'ahost to go' });
    expect(await isValid('ahost')).toBeUndefined();
    expect(objectsOf(syncd.backend('near'))).toEqual(objects);
    await waitFor(async () => (await daemon.metric('client_enabled', { client: 'ahost' })) === 0, {
      what: 'the removal to be remembered',
    });
    expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
  }, 180_000);

  test('a bad backup-syncd.yaml changes nothing, and a metric shows it', async () => {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const isGood = () => daemon.metric('config_last_reload_successful');
    writeFileSync(join(syncd.configDir, 'backup-syncd.yaml'), 'listen: [');
    await waitFor(async () => (await isGood()) === 0, { what: 'the refusal' });
    await daemon.untilComplete('near', await newBackup(seed, 3));
    syncd.writeDaemon({});
    await waitFor(async () => (await isGood()) === 1, { what: 'the reload' });
  });
});
