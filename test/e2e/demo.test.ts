import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mainFile, runCli, startDaemon } from '../support/cli.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { InProcess } from '../support/in-process.ts';
import { runProcess, type RunningProcess } from '../support/process.ts';
import { ResticRepository } from '../support/restic.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

interface Demo {
  readonly process: RunningProcess;
  /** where the demo may leave something behind, and should not */
  readonly tmp: string;
}

function startDemo(args: readonly string[]): Demo {
  const tmp = temporaryDirectory();
  return { tmp, process: startDaemon(['demo', ...args], { env: { TMPDIR: tmp } }) };
}

/** The demo's own directory. */
function homeOf({ tmp }: Demo): string {
  const [name = ''] = readdirSync(tmp);
  return join(tmp, name);
}

async function takePort(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve);
  });
  onCleanUp(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo | null)?.port ?? port;
}

function isGroupAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

async function expectNothingLeft({ process: { pid, exited }, tmp }: Demo): Promise<void> {
  expect(await exited).toEqual({ code: 0, signal: null });
  expect(readdirSync(tmp)).toEqual([]);
  expect(isGroupAlive(pid)).toBe(false);
}

describe('demo', () => {
  let demo: Demo;
  let url: string;

  beforeAll(async () => {
    demo = startDemo(['--port', '0']);
    const line = await demo.process.waitForLine(/^ {2}page /);
    url = /http\S+/.exec(line)?.[0] ?? '';
    await demo.process.waitForLine(/^Ctrl-C stops it/, 60_000);
  });

  /** A command that it prints, as it is. */
  async function typed(title: string) {
    const line = await demo.process.waitForLine(new RegExp(`^ {2}${title} `));
    return runProcess('sh', ['-c', line.trim().slice(title.length)]);
  }

  test('says what arrived, and when each backend had it', () => {
    const output = demo.process.output();
    expect(output.match(/^[1-5]\/5 {2}.+ \(2 packs, index, snapshot; .+\)$/gm)).toHaveLength(5);
    expect(output.match(/^ {5}→ nas {6}complete after \d+\.\d s$/gm)).toHaveLength(5);
    expect(output.match(/^ {5}→ offsite {2}complete after \d+\.\d s$/gm)).toHaveLength(5);
    expect(output).not.toContain('\u001b');
    expect(demo.process.stderr()).toBe('');
  });

  test('answers at the page and at /metrics', async () => {
    expect(await (await fetch(url)).text()).toContain('laptop');
    const metrics = await (await fetch(`${url}metrics`)).text();
    for (const backend of ['nas', 'offsite']) {
      const labels = `{client="laptop",backend="${backend}"}`;
      expect(metrics).toContain(`backup_syncd_backend_snapshots${labels} 5\n`);
      expect(metrics).toContain(`backup_syncd_backend_missing_snapshots${labels} 0\n`);
      expect(metrics).toContain(`backup_syncd_backend_replication_lag_seconds${labels} 0\n`);
    }
    expect(metrics).toContain('backup_syncd_snapshot_copies{client="laptop"} 3\n');
  });

  test('prints commands that work as they are', async () => {
    const status = await typed('status');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^laptop +ok +3 .* next snapshot due in /m);
    const snapshots = await typed('snapshots');
    expect(snapshots).toMatchObject({ code: 0, stderr: '' });
    expect(snapshots.stdout.match(/(ago|now) +yes +yes +yes +3$/gm)).toHaveLength(5);
  });

  test('has objects as restic leaves them, and snapshots of now', () => {
    const snapshots = join(homeOf(demo), 'source', 'snapshots');
    const stats = readdirSync(snapshots).map((name) => statSync(join(snapshots, name)));
    expect(stats.map(({ mode }) => mode & 0o777)).toEqual([0o400, 0o400, 0o400, 0o400, 0o400]);
    for (const { mtimeMs } of stats) expect(Date.now() - mtimeMs).toBeLessThan(90_000);
  });

  test('repairs a replica that lost its data', async () => {
    const data = join(homeOf(demo), 'nas', 'data');
    const count = () => readdirSync(data, { recursive: true }).filter(isObject).length;
    expect(count()).toBe(10);
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    await waitFor(() => count() === 10, { what: 'the packs to be back' });
  });

  describeWithTools(['newest/restic'], 'with restic', () => {
    test.each(['nas', 'offsite'])('restic finds no error at %s', async (backend) => {
      const password = /RESTIC_PASSWORD=(\S+)/.exec(demo.process.output())?.[1] ?? '';
      const path = join(homeOf(demo), backend);
      const replica = ResticRepository.open({ generation: 'newest', path, password, noLock: true });
      expect(await replica.check({ readData: true })).toMatchObject({ ok: true });
      expect(await replica.snapshots()).toHaveLength(5);
    });
  });

  test('leaves nothing behind after Ctrl-C', async () => {
    const home = homeOf(demo);
    demo.process.kill('SIGINT');
    await expectNothingLeft(demo);
    expect(demo.process.output()).toContain(`Stopped, and removed ${home}.`);
    await expect(fetch(url)).rejects.toThrow();
  });
});

function isObject(name: string | Buffer): boolean {
  return /[0-9a-f]{64}$/.test(String(name));
}

describe('demo, ended early', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s', async (signal) => {
    const demo = startDemo(['--port', '0']);
    await demo.process.waitForLine(/^1\/5 /);
    demo.process.kill(signal);
    await expectNothingLeft(demo);
  });

  test('by signals that come one after the other', async () => {
    const demo = startDemo(['--port', '0']);
    await demo.process.waitForLine(/^1\/5 /);
    for (let i = 0; i < 3; i++) demo.process.kill('SIGINT');
    await expectNothingLeft(demo);
  });

  test('while it is still being set up', async () => {
    const demo = startDemo(['--port', '0']);
    await waitFor(() => readdirSync(demo.tmp).length > 0, {
      what: 'its directory',
      intervalMs: 1,
    });
    demo.process.kill('SIGINT');
    await expectNothingLeft(demo);
  });

  test('because its output is no longer read', async () => {
    const tmp = temporaryDirectory();
    const command = `"${process.execPath}" "${mainFile}" demo --port 0 | head -n 1`;
    const { code, stderr } = await runProcess('sh', ['-c', command], { env: { TMPDIR: tmp } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(tmp)).toEqual([]);
  });
});

describe('demo --port', () => {
  test('uses a free port when the default is taken, and says so', async () => {
    await takePort(10987);
    const demo = startDemo([]);
    const line = await demo.process.waitForLine(/^ {2}page /);
    expect(line).toMatch(
      /http:\/\/127\.0\.0\.1:\d+\/ {3}\(a free port, because the default is taken\)/,
    );
    expect((await fetch(/http\S+/.exec(line)?.[0] ?? '')).status).toBe(200);
    demo.process.kill('SIGTERM');
    await expectNothingLeft(demo);
  });

  test('says when the one that was asked for is taken', async () => {
    const tmp = temporaryDirectory();
    const port = await takePort(0);
    const env = { TMPDIR: tmp };
    const { code, stdout, stderr } = await runCli(['demo', '--port', String(port)], { env });
    expect({ code, stdout }).toEqual({ code: 69, stdout: '' });
    expect(stderr).toContain(`127.0.0.1:${port}: another program is already listening there`);
    expect(readdirSync(tmp)).toEqual([]);
  });

  test.each(['abc', '-1', '65536', '1.5', ''])('refuses %j', async (port) => {
    const { code, stderr } = await new InProcess('/nonexistent').run('demo', `--port=${port}`);
    expect(code).toBe(64);
    expect(stderr).toContain('--port must be a number from 0 to 65535');
  });
});
