import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import type { Setup } from './setup.ts';

interface Answer {
  readonly type: string;
  readonly message?: string;
  readonly reports?: readonly { readonly outcome: string; readonly message?: string }[];
  readonly check?: { readonly outcome: string; readonly message?: string };
}

/** A real daemon process. */
export class Daemon {
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly setup: Setup;
  private readonly url: string;
  private readonly agent = new Agent({ keepAlive: true });
  private log = '';

  private constructor(setup: Setup, url: string) {
    this.setup = setup;
    this.url = url;
    this.child = spawn(process.execPath, [setup.program, ...setup.globals, 'run'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: setup.env,
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.pid = this.child.pid ?? -1;
    process.once('exit', this.kill);
  }

  /** Resolves when it listens and every client's source and backends have been checked once. */
  static async start(setup: Setup, { untilIdle = true } = {}): Promise<Daemon> {
    const port = await freePort();
    setup.write({ listen: `127.0.0.1:${port}` });
    const daemon = new Daemon(setup, `http://127.0.0.1:${port}`);
    if (untilIdle) await daemon.untilSettled();
    else await daemon.until('all checked', () => daemon.hasTicked(), 300_000);
    return daemon;
  }

  /** Resolves when every backend is complete and idle. */
  untilSettled(): Promise<void> {
    return this.until('all complete', async () => this.isSettled(await this.scrape()), 300_000);
  }

  /** `sync` as the command line asks for it; milliseconds until the answer. Throws when a backend is not complete. */
  async sync(client: string): Promise<number> {
    const startedAt = performance.now();
    const answer = await this.ask(client, { verb: 'sync' });
    const ms = performance.now() - startedAt;
    const bad = answer.reports?.find(
      ({ outcome }) => outcome !== 'complete' && outcome !== 'nothing',
    );
    if (bad !== undefined)
      throw new Error(`${client}: ${bad.outcome} ${bad.message ?? ''}\n${this.log}`);
    return ms;
  }

  /** An audit of one backend; milliseconds. */
  async audit(client: string, backend: string): Promise<number> {
    const startedAt = performance.now();
    await this.ask(client, { verb: 'audit', backends: [backend] });
    return performance.now() - startedAt;
  }

  /** A restore check of one place; milliseconds. Throws unless everything is right. */
  async restoreCheck(client: string, place: string): Promise<number> {
    const startedAt = performance.now();
    const { check } = await this.ask(client, { verb: 'restore-check', place });
    const ms = performance.now() - startedAt;
    if (check?.outcome === 'ok') return ms;
    throw new Error(`${client}: ${check?.outcome ?? '?'} ${check?.message ?? ''}\n${this.log}`);
  }

  async scrape(): Promise<string> {
    const response = await fetch(`${this.url}/metrics`);
    return response.text();
  }

  /** A scrape as Prometheus asks for it; milliseconds until the last byte is here, compressed as it is. */
  async timeScrape(): Promise<number> {
    const startedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      const options = { agent: this.agent, headers: { 'Accept-Encoding': 'gzip' } };
      get(`${this.url}/metrics`, options, (response) => {
        response.resume().once('end', resolve).once('error', reject);
      }).once('error', reject);
    });
    return performance.now() - startedAt;
  }

  /** The sum of a metric over all its series. */
  async metric(name: string): Promise<number> {
    return sum(await this.scrape(), name);
  }

  /** Its work so far, and the CPU time of all its threads, including ended ones. */
  async work(): Promise<{ readonly polls: number; readonly cpuMs: number }> {
    const text = await this.scrape();
    const cpu = /^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1];
    return { polls: sum(text, 'source_scans_total'), cpuMs: Number(cpu) * 1000 };
  }

  async until(what: string, isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (await isSo().catch(() => false)) return;
      if (this.child.exitCode !== null) throw new Error(`the daemon ended:\n${this.log}`);
      if (performance.now() > deadline) throw new Error(`waited for ${what}\n${this.log}`);
      await sleep(Math.max(50, 5 * this.setup.clients)); // each look is a scrape, which the daemon has to answer
    }
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.agent.destroy();
    this.child.kill('SIGTERM');
    await exited;
    process.off('exit', this.kill);
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };

  private async hasTicked(): Promise<boolean> {
    const scans = seriesOf(await this.scrape(), 'source_scans_total');
    return scans.filter((count) => count > 0).length === this.setup.clients;
  }

  private isSettled(text: string): boolean {
    const { places, clients } = this.setup;
    return (
      sum(text, 'source_scans_total') >= clients &&
      count(text, 'backend_missing_snapshots') === places &&
      sum(text, 'backend_missing_snapshots') === 0 &&
      sum(text, 'backend_state', 'state="idle"') === places
    );
  }

  private async ask(client: string, request: Readonly<Record<string, unknown>>): Promise<Answer> {
    const socket = connect(this.setup.socketOf(client));
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const answer = JSON.parse(line) as Answer;
      if (answer.type === 'error') throw new Error(answer.message);
      if (!['progress', 'said'].includes(answer.type)) return answer;
    }
    throw new Error(`${client}: no answer`);
  }
}

function seriesOf(text: string, name: string, label = ''): number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`backup_syncd_${name}`) && line.includes(label))
    .filter((line) => /^[{ ]/.test(line.slice(`backup_syncd_${name}`.length)))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

function sum(text: string, name: string, label?: string): number {
  return seriesOf(text, name, label).reduce((total, value) => total + value, 0);
}

function count(text: string, name: string): number {
  return seriesOf(text, name).length;
}
