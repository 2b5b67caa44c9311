import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { mountPassthrough, type FuseMount } from '../support/fuse.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { writeScript } from '../support/noting-script.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** The status of an answer, within five seconds; unlike fetch, this looks up no name in a thread. */
function get({ url }: SyncDaemon, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip' };
    const asked = request(`${url}${path}`, { headers, timeout: 5_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    asked.once('timeout', () => asked.destroy(new Error(`${path} took over five seconds`)));
    asked.once('error', reject).end();
  });
}

async function expectAnswers(daemon: SyncDaemon): Promise<void> {
  for (const path of ['/metrics', '/', '/api/status', '/healthz'])
    expect([path, await get(daemon, path)]).toEqual([path, 200]);
}

/** Sends SIGTERM. If the daemon does not end, the error says in which system call each of its threads is. */
async function expectEnd({ process }: SyncDaemon, withinMs = 10_000): Promise<void> {
  process.kill('SIGTERM');
  const exit = await Promise.race([process.exited, sleep(withinMs)]);
  if (exit === undefined)
    throw new Error(`the daemon runs on:\n${describeThreads(process.pid)}\n${process.output()}`);
  expect(exit).toMatchObject({ signal: 'SIGTERM' });
}

function describeThreads(pid: number): string {
  const directory = `/proc/${pid}/task`;
  const read = (thread: string, name: string) =>
    readFileSync(join(directory, thread, name), 'utf8').trim();
  return readdirSync(directory)
    .map((id) => [id, ...['comm', 'wchan', 'syscall'].map((name) => read(id, name))].join(' '))
    .join('\n');
}

describeWithTools(['fuse'], 'a place that hangs', () => {
  test('check-config says so, and ends', async () => {
    const syncd = new Syncd();
    const mount = await mountPassthrough();
    onCleanUp(() => mount.thaw());
    syncd.writeClient('ahost', { source: temporaryDirectory(), backends: { nas: mount.path } });
    await mount.freeze();

    const checked = await syncd.cli(['check-config'], { timeoutMs: 30_000 });

    expect(checked).toMatchObject({
      code: 78,
      stderr: expect.stringContaining(`"${mount.path}" does not respond`) as unknown,
    });
  }, 60_000);

  test('a second SIGTERM ends the daemon at once', async () => {
    const [syncd, mount] = [new Syncd(), await mountPassthrough()];
    onCleanUp(() => mount.thaw());
    syncd.writeClient('ahost', { source: mount.path, backends: [] });
    const daemon = await syncd.start();
    await mount.freeze();
    await mount.untilHanging();

    daemon.process.kill('SIGTERM');
    await daemon.process.waitForLine(/stopping/);

    await expectEnd(daemon);
  }, 120_000);
});

describeWithTools(['newest/restic', 'fuse'], 'a directory of restore checks that hangs', () => {
  test('the daemon still ends', async () => {
    const [syncd, mount] = [new Syncd(), await mountPassthrough()];
    onCleanUp(() => mount.thaw());
    const password = join(temporaryDirectory(), 'password');
    writeFileSync(password, 'secret\n', { mode: 0o600 });
    const source = { directory: temporaryDirectory(), password: { file: password } };
    const restoreCheck = { directory: mount.path };
    syncd.writeClient('ahost', { source, restoreCheck, backends: [] });
    await mount.freeze();
    const daemon = await syncd.start();
    await mount.untilHanging(); // it clears what an earlier process may have left

    await expectEnd(daemon);
  }, 60_000);
});

describeWithTools(['fuse'], 'a bug while a source hangs', () => {
  test('the daemon ends as after a crash, and says where it was', async () => {
    const [syncd, mount] = [new Syncd(), await mountPassthrough()];
    onCleanUp(() => mount.thaw());
    syncd.writeClient('ahost', { source: mount.path, backends: [] });
    const bug = join(temporaryDirectory(), 'bug.cjs');
    writeFileSync(bug, "process.on('SIGWINCH', () => Promise.reject(new Error('a bug')));\n");
    const daemon = await syncd.start(['run'], { env: { NODE_OPTIONS: `--require=${bug}` } });
    await mount.freeze();
    await mount.untilHanging();

    daemon.process.kill('SIGWINCH');

    await daemon.process.waitForLine(/^backup-syncd: Error: a bug$/);
    expect(await daemon.process.exited).toMatchObject({ signal: 'SIGKILL' });
  }, 60_000);
});

describeWithTools(['newest/restic', 'fuse'], 'a state directory that hangs', () => {
  test('every command says so, and ends', async () => {
    const syncd = new Syncd();
    const state = await mountPassthrough();
    onCleanUp(() => state.thaw());
    syncd.writeDaemon({ stateDirectory: state.path });
    syncd.writeClient('ahost', { source: temporaryDirectory(), backends: ['nas'] });
    await state.freeze();

    const ended = await Promise.all(
      [
        'run',
        'sync ahost',
        'sync --all',
        'snapshots ahost',
        'ack ahost --reason none',
        'backend init ahost nas',
        'backend accept-config ahost nas --yes',
        'backend retire ahost nas --all --yes',
        'backend restore-retired ahost nas --yes',
      ].map(async (command) => {
        const { code, stderr } = await syncd.cli(command.split(' '), { timeoutMs: 60_000 });
        return { command, code, isSaid: stderr.includes(`state directory ${state.path} did not`) };
      }),
    );

    for (const { command, ...how } of ended)
      expect({ command, ...how }).toEqual({ command, code: 69, isSaid: true });
  }, 120_000);

  test('in the middle of a sync: it still ends, and says that nothing was saved', async () => {
    const { path: source } = await seedRepository('newest');
    const [syncd, state, here] = [new Syncd(), await mountPassthrough(), temporaryDirectory()];
    onCleanUp(() => state.thaw());
    syncd.writeDaemon({ stateDirectory: state.path });
    const script = writeScript(
      here,
      `#!/bin/sh\ncd '${here}'\nmkfifo go; touch begun; read -r _ <go\n`,
    );
    syncd.writeClient('ahost', { source, backends: [], remotes: { own: { script: [script] } } });
    const sync = syncd.cli(['sync', 'ahost'], { timeoutMs: 90_000 });
    await waitFor(() => existsSync(join(here, 'begun')), { what: 'the script' });
    await state.freeze();
    writeFileSync(join(here, 'go'), 'on\n');

    const { code, signal, stdout } = await sync;

    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
    expect(stdout).toContain(`${state.path} has not responded`);
  }, 120_000);
});

describeWithTools(['fuse'], 'while directories of the daemon hang', () => {
  test('it answers, commands say so, and it ends', async () => {
    const syncd = new Syncd();
    const mounts: Record<'state' | 'runtime' | 'config', FuseMount> = {
      state: await mountPassthrough(),
      runtime: await mountPassthrough(),
      config: await mountPassthrough(syncd.configDir),
    };
    onCleanUp(() => Object.values(mounts).forEach((mount) => mount.thaw()));
    const { state, runtime, config } = mounts;
    const settings = { stateDirectory: state.path, runtimeDirectory: runtime.path };
    syncd.writeDaemon(settings);
    const source = temporaryDirectory();
    for (const name of ['ahost', 'bhost', 'chost']) {
      mkdirSync(join(source, name));
      syncd.writeClient(name, { source: join(source, name), backends: [] });
    }
    const throughMount = { env: { BACKUP_SYNCD_CONFIG_DIR: config.path } };
    const daemon = await syncd.start(['run'], throughMount);

    for (const mount of Object.values(mounts)) {
      await mount.freeze();
      await new Promise((resolve) => setTimeout(resolve, 2_500)); // for saves and polls to run into it
      await expectAnswers(daemon);
      if (mount !== config) mount.thaw();
    }
    await state.freeze();
    await runtime.freeze();
    const [hungConfig, hungState] = await Promise.all([
      syncd.cli(['status'], { ...throughMount, timeoutMs: 30_000 }),
      syncd.cli(['status'], { timeoutMs: 30_000 }),
    ]);
    expect(hungConfig).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`the configuration directory ${config.path} did not respond`),
    });
    expect(hungState).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`the state directory ${state.path} did not respond`),
    });
    await expectAnswers(daemon);

    await expectEnd(daemon, 40_000);
  }, 120_000);
});

describeWithTools(['fuse', 'newest/restic'], 'a backend that hangs', () => {
  test('sync and status say what is being done there, and for how long', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd();
    const mount = await mountPassthrough();
    onCleanUp(() => mount.thaw());
    await syncd.addClient('ahost', { source: path, backends: { near: mount.path } });
    const daemon = await syncd.start(['run'], { env: { BACKUP_SYNCD_SILENCE_MS: '13000' } });
    await daemon.untilComplete('near', 2);

    await mount.freeze();
    const syncing = syncd.cli(['sync', 'ahost'], { timeoutMs: 60_000 });
    await daemon.until('near', ({ doing }) => doing !== undefined);
    const status = await syncd.cli(['status', 'ahost']);
    const synced = await syncing;

    expect(status.stdout).toMatch(/near .*checking it for \d+s/);
    expect(synced.stderr).toMatch(/^ahost → near: checking it for \d+s$/m);
    expect(synced).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED (timeout)') });
    mount.thaw();
  }, 120_000);
});
