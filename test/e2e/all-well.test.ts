import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { failingCall } from '../support/fail-calls.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const ENOSPC = 28;
const TYPO = '{"surce": {}}';
const NEVER_DUE = { defaults: { expect: { snapshotEvery: 'off' } } };

describeWithTools(['newest/restic'], 'next to a healthy client', () => {
  test('a refused file is a warning, and sync --all runs the others and ends with 1', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    expect(await syncd.here(['sync', '--all'])).toMatchObject({ code: 0 });
    const isWell = { code: 1, stdout: expect.stringMatching(/^ahost +ok +2 /m) }; // 1: no daemon runs
    expect(await syncd.here(['status'])).toMatchObject(isWell);

    writeFileSync(syncd.clientFile('bhost'), TYPO);

    const synced = await syncd.here(['sync', '--all']);
    expect(synced).toMatchObject({ code: 1, stderr: expect.stringContaining('bhost: skipped') });
    expect(synced.stdout).toContain('ahost → near: already complete');
    const status = await syncd.cli(['status']);
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/WARNING bhost: /) });
    expect(status.stdout.split('\n')[0]).toMatch(/^no daemon is running: /);
    const { code, stdout } = await syncd.here(['status', 'ahost']);
    expect(code).toBe(1);
    expect(stdout).not.toContain('WARNING');
  });

  test('status asks a daemon whose configuration broke in the meantime', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    expect(await syncd.here(['status'])).toMatchObject({ code: 0 });

    syncd.writeDaemon({ ...NEVER_DUE, stateDirectry: temporaryDirectory() });
    const broken = await syncd.here(['status']);
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(broken.stdout).toMatch(/^ahost +ok +2 /m);
    expect(broken.stdout).toMatch(/WARNING the new configuration was refused.*stateDirectry/);
    await waitFor(async () => (await daemon.get('/')).includes('The daemon needs attention'), {
      what: 'the page',
    });

    const { runtimeDir: runtimeDirectory } = syncd;
    const text = `runtimeDirectory: ${runtimeDirectory}\nlisten: [`;
    writeFileSync(join(syncd.configDir, 'backup-syncd.yaml'), text);
    const noYaml = await syncd.here(['status', '--json']);
    expect({ ...noYaml, document: JSON.parse(noYaml.stdout) as unknown }).toMatchObject({
      code: 1,
      document: {
        findings: [{ kind: 'configuration_refused', severity: 'warning' }],
        clients: [{ client: 'ahost', severity: 'ok' }],
      },
    });

    syncd.writeDaemon(NEVER_DUE);
    writeFileSync(syncd.clientFile('ahost'), TYPO);
    const kept = await syncd.here(['status']);
    expect(kept).toMatchObject({ code: 1 });
    expect(kept.stdout).toMatch(/^ahost +ok +2 /m);

    await daemon.process.stop();
    expect(await syncd.here(['status'])).toMatchObject({ code: 1 });
    writeFileSync(join(syncd.configDir, 'backup-syncd.yaml'), text);
    expect(await syncd.here(['status'])).toMatchObject({ code: 78 });
  });
});

describeWithTools(['newest/restic'], 'sync and snapshots', () => {
  test('ask a daemon that uses an older configuration, show what is refused, and exit with 1', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const good = readFileSync(syncd.clientFile('ahost'), 'utf8');
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const done = expect.stringContaining('ahost → near: already complete') as unknown;
    const rows = expect.stringMatching(/SNAPSHOT[^]* yes +yes +2/) as unknown;

    // another client's file does not concern this one
    writeFileSync(syncd.clientFile('bhost'), TYPO);
    expect(await syncd.here(['sync', 'ahost'])).toMatchObject({
      code: 0,
      stdout: done,
      stderr: '',
    });
    expect(await syncd.here(['sync', '--all'])).toMatchObject({ code: 1, stdout: done });
    expect(await syncd.here(['snapshots', 'ahost'])).toMatchObject({ code: 0, stderr: '' });
    expect(await syncd.here(['sync', 'bhost'])).toMatchObject({ code: 78 });
    rmSync(syncd.clientFile('bhost'));

    writeFileSync(syncd.clientFile('ahost'), TYPO);
    const own = expect.stringMatching(/older configuration[^]*clients\/ahost\.yaml:1:2: surce/);
    expect(await syncd.here(['sync', 'ahost'])).toMatchObject({
      code: 1,
      stdout: done,
      stderr: own,
    });
    expect(await syncd.here(['snapshots', 'ahost'])).toMatchObject({
      code: 1,
      stdout: rows,
      stderr: own,
    });
    expect(await syncd.here(['sync', '--all'])).toMatchObject({ code: 1, stdout: done });
    writeFileSync(syncd.clientFile('ahost'), good);

    syncd.writeDaemon({ ...NEVER_DUE, stateDirectry: temporaryDirectory() });
    const shared = expect.stringMatching(/older configuration[^]*stateDirectry: unknown key/);
    for (const which of ['ahost', '--all'])
      expect(await syncd.here(['sync', which])).toMatchObject({
        code: 1,
        stdout: done,
        stderr: shared,
      });
    expect(await syncd.here(['sync', 'ahost', '--backend', 'b2'])).toMatchObject({ code: 1 });
    expect(await syncd.here(['snapshots', 'ahost'])).toMatchObject({
      code: 1,
      stdout: rows,
      stderr: shared,
    });
    const nobody = await syncd.here(['sync', 'chost']);
    expect(nobody).toMatchObject({ code: 78, stderr: expect.stringContaining('stateDirectry') });

    await daemon.process.stop();
    for (const which of [
      ['sync', 'ahost'],
      ['sync', '--all'],
      ['snapshots', 'ahost'],
    ])
      expect(await syncd.here(which)).toMatchObject({ code: 78, stdout: '' });
  }, 60_000);

  test('snapshots without a daemon says that it shows the last known state', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const json = async () =>
      JSON.parse((await syncd.here(['snapshots', 'ahost', '--json'])).stdout) as unknown;
    expect(await syncd.here(['snapshots', 'ahost'])).toMatchObject({ code: 0, stderr: '' });
    expect(await json()).toMatchObject({ client: 'ahost', isRunning: true });

    await daemon.process.stop();
    const { code, stdout, stderr } = await syncd.cli(['snapshots', 'ahost']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^no daemon is running: this is the last known state .*\n$/,
      ) as unknown,
    });
    expect(stdout).toMatch(/^SNAPSHOT/);
    expect(await json()).toMatchObject({ client: 'ahost', isRunning: false });
  }, 60_000);
});

describeWithTools(['newest/restic', 'fail-calls'], 'while the state cannot be saved', () => {
  test('status warns, the metric counts, the log has one line at each end, and a stop answers 1', async () => {
    const seed = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: seed.path, backends: ['near'] });
    const flag = join(syncd.directory, 'disk-full');
    const env = failingCall('rename', ENOSPC, { path: join(syncd.stateDir, 'ahost.json'), flag });
    const daemon = await syncd.start(['run'], { env });
    await daemon.untilComplete('near', 2);
    expect(await daemon.metric('state_save_failures_total', { client: 'ahost' })).toBe(0);

    writeFileSync(flag, '');
    await daemon.untilComplete('near', await seed.repository.backup(seed.data));
    await waitFor(async () => ((await daemon.metric('state_save_failures_total')) ?? 0) >= 3, {
      what: 'three attempts to save',
    });
    const status = await syncd.here(['status']);
    expect(status).toMatchObject({ code: 1 });
    expect(status.stdout).toMatch(/WARNING ahost: its state has not been saved for .*ENOSPC/);
    rmSync(flag);
    await daemon.process.waitForLine(/the state is saved again, after/);
    expect(await syncd.here(['status'])).toMatchObject({ code: 0 });
    expect(daemon.process.output().match(/cannot save the state/g)).toHaveLength(1);

    writeFileSync(flag, '');
    expect(await daemon.process.stop()).toEqual({ code: 1, signal: null });
  });
});

describeWithTools(['newest/restic'], 'a control socket that is removed under a daemon', () => {
  test('status and sync do not conclude that no daemon runs, and it is made again', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);

    rmSync(join(syncd.runtimeDir, 'ahost.sock'));
    const status = await syncd.here(['status']);
    expect(status.stdout.split('\n')[0]).toMatch(
      new RegExp(`^process ${daemon.process.pid} runs ahost but has no control socket`),
    );
    expect(status.stdout).not.toContain('no daemon is running');
    const synced = await syncd.here(['sync', 'ahost']); // waits until there is one again
    expect(synced).toMatchObject({ code: 0 });
    expect((await syncd.here(['status'])).stdout).not.toContain('has no control socket');
    expect(daemon.process.output()).toContain('the control socket is gone: recreating it');
  });
});
