import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { NotingScript, writeScript } from '../support/noting-script.ts';
import { checkReplica, visibleSnapshots } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd, type ClientSettings } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

async function setUp(keys: NonNullable<ClientSettings['remotes']>[string]) {
  const seed = await seedRepository('newest');
  const syncd = new Syncd();
  syncd.writeClient('ahost', { source: seed.path, backends: [], remotes: { own: keys } });
  return { seed, syncd };
}

/** The repository's objects below a directory, by a shell: packs first, snapshots last. */
const copyTo = (target: string) => `#!/bin/sh
set -e
mkdir -p ${target}
cd "$BACKUP_SYNCD_SOURCE"
cp -a config keys data index snapshots ${target}/
`;

describeWithTools(['newest/restic'], 'a script backend', () => {
  test('gets the snapshots that came and went since its last success, across restarts; without verify its result does not count', async () => {
    const script = new NotingScript();
    const { seed, syncd } = await setUp({ script: [script.path, 'for {client}'] });
    const env = { AWS_SECRET_ACCESS_KEY: 'secret-of-the-daemon', RESTIC_PASSWORD: 'another' };
    const old = visibleSnapshots(seed.path);
    let daemon = await syncd.start(['run', '--log-level', 'info'], { env });

    const first = await daemon.until('own', ({ state }) => state === 'unverified');

    expect(first).toMatchObject({ up: true, failures: 0, kind: 'script', countsAsCopy: false });
    for (const fact of ['snapshots', 'latestSnapshotAt', 'missing', 'lagMs', 'baselineAt']) {
      expect(first).not.toHaveProperty(fact);
    }
    expect(script.lines(0, 'added')).toEqual(old);
    expect(script.lines(0, 'removed')).toEqual([]);
    expect(JSON.parse(script.read(0, 'stdin'))).toEqual({
      schemaVersion: 1,
      client: 'ahost',
      backend: 'own',
      source: seed.path,
      added: old,
      removed: [],
    });
    const given = script.read(0, 'env').split('\n');
    expect(given).toContain('BACKUP_SYNCD_CLIENT=ahost');
    expect(given).toContain('BACKUP_SYNCD_BACKEND=own');
    expect(given).toContain(`BACKUP_SYNCD_SOURCE=${seed.path}`);
    expect(script.read(0, 'env')).not.toMatch(/secret-of-the-daemon|another/);
    const hello = await daemon.process.waitForLine(/hello from run 0/);
    expect(JSON.parse(hello)).toMatchObject({ client: 'ahost', backend: 'own', stream: 'stdout' });
    await daemon.process.waitForLine(/"stderr".*a complaint/);
    expect(daemon.process.output().match(/nothing checks what the script did/g)).toHaveLength(1);
    expect(await daemon.metric('backend_state', { state: 'unverified' })).toBe(1);
    expect(await daemon.metric('backend_up')).toBe(1);
    expect(await daemon.metric('snapshot_copies')).toBe(1);
    for (const name of [
      'initial_copy',
      'replication_lag_seconds',
      'last_contact_timestamp_seconds',
    ])
      expect(await daemon.metric(`backend_${name}`)).toBeUndefined();
    expect(await daemon.get('/')).toMatch(/unverified[\s\S]*does not count as a copy/);
    expect((await syncd.here(['status', 'ahost'])).stdout).toMatch(
      /own +unverified .*does not count as a copy/,
    );

    script.exitWith(3);
    const [oldest] = await seed.repository.snapshots(); // without the newest one, the source would raise an alarm
    const gone = `snapshots/${oldest?.id}`;
    await seed.repository.forget([oldest?.id ?? '']);
    const failed = await daemon.until('own', ({ failures }) => failures > 0);
    expect(failed).toMatchObject({ state: 'retrying', reason: 'tool', up: false });
    expect(failed.message).toBe(`${script.path} exited with 3`);
    await daemon.process.stop();
    const id = await seed.repository.backup(seed.data);
    script.exitWith(0);
    const runs = script.runs;
    daemon = await syncd.start(['run'], { env });
    await daemon.until('own', ({ state }) => state === 'unverified');

    expect(script.runs).toBe(runs + 1);
    expect(script.lines(runs, 'added')).toEqual([`snapshots/${id}`]);
    expect(script.lines(runs, 'removed')).toEqual([gone]);
    await daemon.untilPolled(2);
    expect(script.runs).toBe(runs + 1);

    const { backends, code } = await syncd.syncHere(['ahost']); // on request
    expect(backends).toMatchObject([{ outcome: 'unverified', published: [] }]);
    expect(code).toBe(0);
    expect(script.lines(runs + 1, 'added')).toEqual([]);
  });

  test('everything it started ends at its deadline and with the daemon, even if that is killed', async () => {
    const directory = temporaryDirectory();
    const marker = `9${String(process.pid).padStart(7, '0')}`; // a number of seconds that no other process sleeps
    const stubborn = writeScript(
      directory,
      `#!/bin/sh\ntrap '' INT TERM\nsleep ${marker} &\necho started\nsleep ${marker}\nsleep ${marker}\n`,
    );
    const sleepers = () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`sleep\0${marker}`);
        } catch {
          return false;
        }
      }).length;
    const none = async () => waitFor(() => sleepers() === 0, { what: 'no sleeper' });
    const { seed, syncd } = await setUp({ script: [stubborn], deadline: '1s' });

    const { backends } = await syncd.sync();
    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'tool' }]);
    expect(backends[0]?.message).toMatch(/did not finish within 1s and was killed/);
    expect(sleepers()).toBe(0);

    const polite = writeScript(directory, `#!/bin/sh\nsleep ${marker} &\nsleep ${marker}\n`);
    const remotes = { own: { script: [polite] } };
    syncd.writeClient('ahost', { source: seed.path, backends: [], remotes });
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const daemon = await syncd.start();
      await waitFor(() => sleepers() > 1, { what: 'sleepers' });
      daemon.process.kill(signal);
      await daemon.process.exited;
      await none();
    }
  });

  test('with verify: complete when all of a view is there, owed when not, repaired when lost', async () => {
    const target = join(temporaryDirectory(), 'replica');
    const directory = temporaryDirectory();
    const path = writeScript(directory, copyTo(target));
    const { seed, syncd } = await setUp({ script: [path], verify: { directory: target } });
    const daemon = await syncd.start();
    const whole = await daemon.untilComplete('own', 2);
    expect(whole).toMatchObject({ state: 'idle', up: true });
    expect(whole.counters.transferredObjects).toBeGreaterThan(4);
    expect(await checkReplica(target, 'newest')).toMatchObject({ ok: true });
    expect((await daemon.client()).protection).toMatchObject({ copies: 2 });

    // only what makes a snapshot visible, as a mirror that was killed leaves it
    writeScript(
      directory,
      `#!/bin/sh\ncp "$BACKUP_SYNCD_SOURCE"/snapshots/* ${target}/snapshots/\n`,
    );
    writeFileSync(join(seed.data, 'new'), 'something new');
    const id = await seed.repository.backup(seed.data);
    const failed = await daemon.until('own', ({ reason }) => reason === 'verify');
    const isLater = (at = '') => at > (failed.lastContact ?? '');
    const lacking = await daemon.until('own', ({ lastContact }) => isLater(lastContact));
    expect(visibleSnapshots(target)).toContain(`snapshots/${id}`);
    expect(lacking).toMatchObject({ state: 'retrying', snapshots: 2, up: false });
    expect(lacking.missing?.map((missing) => missing.id)).toEqual([id]);
    expect(lacking.message).toMatch(/exited with 0, but at .* objects are missing/);

    writeScript(directory, copyTo(target));
    await syncd.syncHere();
    await daemon.untilComplete('own', id);

    // something is lost there, and the script does not bring it back
    writeScript(directory, '#!/bin/sh\nexit 0\n');
    const shard = readdirSync(join(target, 'data')).find(
      (name) => readdirSync(join(target, 'data', name)).length > 0,
    );
    rmSync(join(target, 'data', shard ?? ''), { recursive: true });
    const broken = await daemon.until('own', ({ reason }) => reason === 'verify');
    expect(broken).toMatchObject({ snapshots: 0 });
    writeScript(directory, copyTo(target));
    await syncd.syncHere();
    await daemon.untilComplete('own', 3);
    await daemon.process.stop();

    // what a restart finds there need not be made again
    writeScript(directory, '#!/bin/sh\nexit 9\n');
    expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'nothing' }]);
  });

  test('with verify: a different repository there is not touched, and one that migrate changed follows', async () => {
    const target = join(temporaryDirectory(), 'replica');
    const directory = temporaryDirectory();
    const path = writeScript(directory, copyTo(target));
    const other = await seedRepository('debian12');
    await cp(other.path, target, { recursive: true });
    const { seed, syncd } = await setUp({ script: [path], verify: { directory: target } });

    const { backends } = await syncd.syncHere();

    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'diverged' }]);
    expect(visibleSnapshots(target)).toEqual(visibleSnapshots(other.path));

    rmSync(target, { recursive: true });
    expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'complete' }]);
    const config = join(seed.path, 'config');
    chmodSync(config, 0o600);
    writeFileSync(config, readFileSync(join(other.path, 'config'))); // as migrate does
    const refused = await syncd.syncHere();
    expect(refused.code).not.toBe(0);
    expect(readFileSync(join(target, 'config'))).not.toEqual(readFileSync(config));
    expect(await syncd.here(['backend', 'accept-config', 'ahost', 'own', '--yes'])).toMatchObject({
      code: 0,
    });
    expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'complete' }]);
    expect(readFileSync(join(target, 'config'))).toEqual(readFileSync(config));
  });

  test('fails without a daemon: the command in the hint shows what it wrote', async () => {
    const program = join(temporaryDirectory(), 'own');
    writeFileSync(program, '#!/bin/sh\necho it is broken >&2; exit 3\n', { mode: 0o755 });
    const { syncd } = await setUp({ script: [program] });
    const { backends } = await syncd.syncHere();
    const [, command = ''] = /backup-syncd (--log-level [^;]+)/.exec(backends[0]?.hint ?? '') ?? [];
    const { code, stdout, stderr } = await syncd.cli(command.split(' '));
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('it is broken');
  });

  test('is not initialised, and says what is wrong when it cannot be started', async () => {
    const directory = temporaryDirectory();
    const { syncd } = await setUp({ script: [join(directory, 'none')] });

    const init = await syncd.here(['backend', 'init', 'ahost', 'own']);
    expect(init).toMatchObject({ code: 64 });
    expect(init.stderr).toMatch(/own is a script, .*there is nothing to set up/);
    const checked = await syncd.here(['check-config']);
    expect(checked.stdout + checked.stderr).toMatch(/none" does not exist; install the script/);
    const { backends } = await syncd.syncHere();
    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'tool' }]);
    expect(backends[0]?.message).toMatch(/exited with 127: it, or a program .* does not exist/);
    expect(existsSync(join(directory, 'none'))).toBe(false);
  });
});
