import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { memoryOf, percentile, type Memory } from '../support/measure.ts';
import { cloneRepository, makeNames } from '../support/repository.ts';
import { atMost, type Row } from '../support/result.ts';
import { Setup, type ClientSetup } from '../support/setup.ts';

/** Until a daemon has checked everything and V8 has released the memory for that; milliseconds. */
const SETTLED_MS = 60_000;

/** One client with a million objects, each at three places: the source and two backends. */
export const largeMemory: Case = {
  name: 'large-memory',
  async run(bench) {
    const packs = bench.isShort ? 2_000 : 1_000_000;
    const { directory } = bench;
    const source = join(directory, 'source');
    const backends = { one: join(directory, 'one'), two: join(directory, 'two') };
    makeNames(source, { packs, snapshots: 1_000, indexes: 500 });
    await Promise.all(Object.values(backends).map((target) => cloneRepository(source, target)));
    const clients = [{ name: 'a', source, backends }];
    const setup = new Setup({ program: bench.program, directory, clients, poll: '2s' });
    await setup.initialise({ adopt: true });
    const what = `${packs.toLocaleString('en')} objects at three places`;
    const first = await measureSettled(bench, setup);
    const restarted = await measureSettled(bench, setup);
    return [row(what, first, 200), row(`${what}, after a restart`, restarted, 200)];
  },
};

async function measureSettled(bench: Bench, setup: Setup): Promise<Memory> {
  const daemon = await Daemon.start(setup);
  await sleep(bench.isShort ? 500 : SETTLED_MS);
  const memory = memoryOf(daemon.pid);
  await daemon.stop();
  return memory;
}

/** Many clients in one process, and what they make of a scrape; beside that, an exporter of one client. */
export const manyClients: Case = {
  name: 'many-clients',
  async run(bench) {
    const one = await measureClients(bench, 1);
    const many = await measureClients(bench, bench.isShort ? 3 : 100);
    const memory = row(`${many.what}, one backend each`, many.memory, 300);
    return [scrapeRow(one, 10), memory, scrapeRow(many, 60)];
  },
};

interface Measured {
  readonly what: string;
  readonly memory: Memory;
  /** milliseconds each */
  readonly scrapes: readonly number[];
}

async function measureClients(bench: Bench, count: number): Promise<Measured> {
  const directory = join(bench.directory, String(count));
  const clients = await makeClients(directory, count);
  const setup = new Setup({ program: bench.program, directory, clients, poll: '5s', watch: true });
  await setup.initialise({ adopt: true });
  const daemon = await Daemon.start(setup);
  await sleep(bench.isShort ? 500 : SETTLED_MS);
  const memory = memoryOf(daemon.pid);
  const scrapes = await timeScrapes(daemon, bench.isShort ? 20 : 500);
  await daemon.stop();
  return { what: `${count} client${count === 1 ? '' : 's'} of 5,000 objects`, memory, scrapes };
}

async function makeClients(parent: string, count: number): Promise<ClientSetup[]> {
  const made: ClientSetup[] = [];
  for (let i = 0; i < count; i++) {
    const directory = join(parent, `place-${i}`);
    mkdirSync(directory, { recursive: true });
    const [source, one] = [join(directory, 'source'), join(directory, 'one')];
    makeNames(source, { packs: 4_900, snapshots: 50, indexes: 50 });
    await cloneRepository(source, one);
    made.push({ name: `client-${i}`, source, backends: { one } });
  }
  return made;
}

async function timeScrapes(daemon: Daemon, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    times.push(await daemon.timeScrape());
    await sleep(20);
  }
  return times;
}

function row(what: string, { rssMiB, peakMiB }: Memory, limit: number): Row {
  return {
    what: `resident memory, ${what}`,
    target: atMost(limit),
    value: rssMiB,
    unit: 'MiB',
    samples: 1,
    note: `at its highest ${peakMiB.toFixed(0)} MiB`,
  };
}

function scrapeRow({ what, scrapes }: Measured, limit: number): Row {
  return {
    what: `99th percentile of a scrape, ${what}`,
    target: atMost(limit),
    value: percentile(scrapes, 99),
    unit: 'ms',
    samples: scrapes.length,
    note: `median ${percentile(scrapes, 50).toFixed(1)} ms, while it polls every 5 s`,
  };
}
