import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rcloneSync, type Bench, type Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { inTurn, median, percentile, timeProgram } from '../support/measure.ts';
import { addBackup, cloneRepository, makeRepository, removeTree } from '../support/repository.ts';
import { atLeast, atMost, type Row } from '../support/result.ts';
import { S3Server } from '../support/s3.ts';
import { Setup } from '../support/setup.ts';

/** 10 packs, an index and a snapshot. */
const BACKUP = { packs: 10, packBytes: 256 * 1024 };
const NEW_OBJECTS = 12;

/** 12 new objects for a bucket that holds 55,000, what a poll with nothing new asks for, and how long a snapshot takes. */
export const s3Increment: Case = {
  name: 's3-increment',
  async run(bench) {
    const server = await S3Server.start(bench);
    const source = join(bench.directory, 'source');
    const packs = bench.isShort ? 5_000 : 54_000;
    makeRepository(source, { packs, packBytes: 100, snapshots: 500, indexes: 500 });
    await cloneRepository(source, join(server.bucket, 'rclone'));
    const setup = await adopted(bench, server, { probeEvery: '1h' });
    const daemon = await Daemon.start(setup);
    const rows = [
      ...(await increments(bench, { server, daemon, source })),
      await idle(bench, { server, daemon }),
      ...(await latency(bench, { daemon, source, server })),
    ];
    await daemon.stop();
    rows.push(await probes(bench, server, setup));
    await server.stop();
    return rows;
  },
};

interface Running {
  readonly server: S3Server;
  readonly daemon: Daemon;
}

async function adopted(
  bench: Bench,
  server: S3Server,
  keys: Readonly<Record<string, string>>,
): Promise<Setup> {
  const { directory, program } = bench;
  const source = join(directory, 'source');
  await cloneRepository(source, join(server.bucket, 'ours'));
  const clients = [{ name: 'a', source, backends: { s3: 's3:bucket/ours' } }];
  const setup = new Setup({
    program,
    clients,
    keys,
    directory: join(directory, 'a'),
    poll: '1s',
    watch: true,
    env: server.env,
  });
  await setup.initialise({ adopt: true });
  return setup;
}

async function increments(
  bench: Bench,
  { server, daemon, source }: Running & { source: string },
): Promise<Row[]> {
  const [times, theirs, requests]: [number[], number[], number[]] = [[], [], []];
  const rounds = bench.isShort ? 2 : 7;
  for (let round = 0; round < rounds; round++) {
    const [ours = NaN, rclone = NaN] = await inTurn(round, [
      async () => {
        const before = await server.requests();
        const complete = (await daemon.metric('backend_snapshots')) + 1;
        addBackup(source, BACKUP);
        const startedAt = performance.now();
        await daemon.until(
          'the snapshot',
          async () => (await daemon.metric('backend_snapshots')) >= complete,
        );
        const ms = performance.now() - startedAt;
        await daemon.until('idle', async () => (await daemon.scrape()).includes('state="idle"} 1'));
        requests.push((await server.requests()) - before);
        return ms;
      },
      async () => {
        const args = rcloneSync(source, 's3:bucket/rclone');
        return (await timeProgram(bench.rclone, args, server.env)).ms;
      },
    ]);
    bench.say(
      `ours ${ours.toFixed(0)} ms and ${requests.at(-1) ?? '?'} requests, rclone ${rclone.toFixed(0)} ms`,
    );
    times.push(ours);
    theirs.push(rclone);
  }
  const ratios = times.map((ms, i) => ms / (theirs[i] ?? NaN));
  return [
    {
      what: `12 new objects to S3, proof included: requests at the server`,
      target: atMost(2 * NEW_OBJECTS + 6),
      value: percentile(requests, 100),
      unit: 'requests',
      samples: rounds,
      note: 'the most',
    },
    {
      what: '12 new objects to S3, from their appearing to complete: of the time of rclone sync',
      target: atMost(0.3),
      value: median(ratios),
      unit: 'x',
      samples: rounds,
      note: `${median(times).toFixed(0)} ms, rclone ${median(theirs).toFixed(0)} ms`,
    },
  ];
}

/** With a poll a second. */
async function idle(bench: Bench, { server, daemon }: Running): Promise<Row> {
  const [before, scans] = [await server.requests(), await daemon.metric('source_scans_total')];
  await sleep(bench.isShort ? 3_000 : 20_000);
  const polls = (await daemon.metric('source_scans_total')) - scans;
  return {
    what: 'polls with nothing new: requests at the server',
    target: atMost(0),
    value: (await server.requests()) - before,
    unit: 'requests',
    samples: polls,
  };
}

async function latency(
  bench: Bench,
  { daemon, source, server }: Running & { source: string },
): Promise<Row[]> {
  const times: number[] = [];
  const rounds = bench.isShort ? 3 : 15;
  for (let round = 0; round < rounds; round++) {
    await sleep(300);
    const complete = (await daemon.metric('backend_snapshots')) + 1;
    const id = addBackup(source, { packs: 4, packBytes: 1024 * 1024 });
    const appearedAt = performance.now();
    while (!existsSync(join(server.bucket, 'ours', 'snapshots', id))) await sleep(5);
    while ((await daemon.metric('backend_snapshots')) < complete) await sleep(5);
    times.push(performance.now() - appearedAt);
  }
  return [
    {
      what: 'from snapshots/ID appearing to complete at a local S3 server, with watch',
      target: atMost(3_000),
      value: median(times),
      unit: 'ms',
      samples: rounds,
      note: `slowest ${percentile(times, 100).toFixed(0)} ms`,
    },
  ];
}

/** An hour of probes in a few seconds: they are counted at the server, one by one. */
async function probes(bench: Bench, server: S3Server, before: Setup): Promise<Row> {
  const setup = before.with({ probeEvery: '2s' });
  const daemon = await Daemon.start(setup);
  const startedAt = Date.now() / 1000;
  let [last, changes] = [0, 0];
  while (changes < 2) {
    await sleep(50);
    const at = await contactOf(daemon); // after a start, all is listed once
    if (at > startedAt && at !== last) [last, changes] = [at, changes + 1];
  }
  await sleep(500);
  const [requests, contact] = [await server.requests(), await contactOf(daemon)];
  const seen = new Set<number>();
  const until = performance.now() + (bench.isShort ? 5_000 : 20_000);
  while (performance.now() < until) {
    seen.add(await contactOf(daemon));
    await sleep(100);
  }
  const count = [...seen].filter((at) => at > contact).length;
  await daemon.stop();
  return {
    what: 'a probe of S3 with nothing new (one each hour): requests at the server',
    target: atMost(2),
    value: ((await server.requests()) - requests) / count,
    unit: 'requests',
    samples: count,
  };
}

async function contactOf(daemon: Daemon): Promise<number> {
  return daemon.metric('backend_last_contact_timestamp_seconds');
}

/** A whole first copy, hashed and proven, against `rclone copy`. */
export const s3FirstCopy: Case = {
  name: 's3-first-copy',
  async run(bench) {
    const server = await S3Server.start(bench);
    const source = join(bench.directory, 'source');
    const packs = bench.isShort ? 16 : 128;
    makeRepository(source, { packs, packBytes: 16 * 1024 * 1024, snapshots: 4, indexes: 4 });
    const [ours, theirs]: [number[], number[]] = [[], []];
    const rounds = bench.isShort ? 1 : 3;
    for (let round = 0; round < rounds; round++) {
      const [a = NaN, b = NaN] = await inTurn(round, [
        () => byDaemon(bench, server, join(bench.directory, `round-${round}`)),
        async () => {
          const args = ['copy', source, 's3:bucket/rclone', '--config', '/dev/null'];
          const { ms } = await timeProgram(bench.rclone, args, server.env);
          removeTree(join(server.bucket, 'rclone'));
          return ms;
        },
      ]);
      bench.say(`ours ${a.toFixed(0)}, rclone ${b.toFixed(0)} ms`);
      ours.push(a);
      theirs.push(b);
    }
    await server.stop();
    return [
      {
        what: `first copy of ${packs} packs of 16 MiB to S3: speed of rclone copy`,
        target: atLeast(0.9),
        value: median(theirs.map((ms, i) => ms / (ours[i] ?? NaN))),
        unit: 'x',
        samples: rounds,
        note: `${median(ours).toFixed(0)} ms, rclone ${median(theirs).toFixed(0)} ms`,
      },
    ];
  },
};

/** It starts while the source is away, and so with nothing to do; then the whole of it is there at once. */
async function byDaemon(bench: Bench, server: S3Server, directory: string): Promise<number> {
  const source = join(bench.directory, 'source');
  const away = join(directory, 'source');
  mkdirSync(dirname(away), { recursive: true });
  const clients = [{ name: 'a', source: away, backends: { s3: 's3:bucket/ours' } }];
  const setup = new Setup({
    program: bench.program,
    directory,
    clients,
    poll: '1d',
    env: server.env,
  });
  await setup.initialise({ adopt: false });
  const daemon = await Daemon.start(setup, { untilIdle: false });
  renameSync(source, away);
  const ms = await daemon.sync('a');
  await daemon.stop();
  renameSync(away, source);
  removeTree(join(server.bucket, 'ours'));
  return ms;
}
