import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rcloneSync, type Bench, type Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { inTurn, median, timeProgram } from '../support/measure.ts';
import { makeRepository, removeTree, type Amounts } from '../support/repository.ts';
import { atLeast, type Row } from '../support/result.ts';
import { Setup } from '../support/setup.ts';

/** A whole first copy of large packs, hashed and durable, against `cp -a` and rclone, each with a sync. */
export const packs: Case = {
  name: 'packs',
  async run(bench) {
    const count = bench.isShort ? 4 : 128;
    const times = await measure(bench, {
      packs: count,
      packBytes: 16 * 1024 * 1024,
      snapshots: 4,
      indexes: 4,
    });
    return [
      speed(`${count} packs of 16 MiB`, times, { against: 'cp', limit: 0.65 }),
      speed(`${count} packs of 16 MiB`, times, { against: 'rclone', limit: 1.8 }),
      speed(`${count} packs of 16 MiB, as a process`, times, { against: 'cp', who: 'process' }),
    ];
  },
};

/** The same for many small files. */
export const smallFiles: Case = {
  name: 'small-files',
  async run(bench) {
    const count = bench.isShort ? 500 : 20_000;
    const times = await measure(bench, {
      packs: count,
      packBytes: 20 * 1024,
      snapshots: 4,
      indexes: 4,
    });
    return [
      speed(`${count} files of 20 KiB`, times, { against: 'cp', limit: 1 }),
      speed(`${count} files of 20 KiB`, times, { against: 'rclone' }),
      speed(`${count} files of 20 KiB, as a process`, times, { against: 'cp', who: 'process' }),
    ];
  },
};

interface Times {
  readonly daemon: number[];
  readonly process: number[];
  readonly cp: number[];
  readonly rclone: number[];
}

async function measure(bench: Bench, amounts: Amounts): Promise<Times> {
  const source = join(bench.directory, 'source');
  makeRepository(source, amounts);
  flush();
  const times: Times = { daemon: [], process: [], cp: [], rclone: [] };
  const rounds = bench.isShort ? 1 : 5;
  for (let round = 0; round < rounds; round++) {
    const directory = join(bench.directory, `round-${round}`);
    const [ours = NaN, oneShot = NaN, cp = NaN, rclone = NaN] = await inTurn(round, [
      () => cleanly(join(directory, 'daemon'), (at) => byDaemon(bench, source, at)),
      () => cleanly(join(directory, 'process'), (at) => byProcess(bench, source, at)),
      () => cleanly(join(directory, 'cp'), (at) => andSync('cp', ['-a', source, at], at)),
      () =>
        cleanly(join(directory, 'rclone'), (at) =>
          andSync(bench.rclone, rcloneSync(source, at), at),
        ),
    ]);
    bench.say(
      `daemon ${ours.toFixed(0)}, process ${oneShot.toFixed(0)}, cp ${cp.toFixed(0)}, rclone ${rclone.toFixed(0)} ms`,
    );
    times.daemon.push(ours);
    times.process.push(oneShot);
    times.cp.push(cp);
    times.rclone.push(rclone);
  }
  return times;
}

/** Every contestant begins with nothing left to be written, and leaves nothing behind. */
async function cleanly(at: string, action: (at: string) => Promise<number>): Promise<number> {
  mkdirSync(dirname(at), { recursive: true });
  const ms = await action(at);
  removeTree(at);
  flush();
  return ms;
}

/** It starts while the source is away, and so with nothing to do; then the whole of it is there at once. */
async function byDaemon(bench: Bench, source: string, directory: string): Promise<number> {
  const away = join(directory, 'source');
  const setup = emptyBackend(bench, away, directory);
  await setup.initialise({ adopt: false });
  const daemon = await Daemon.start(setup, { untilIdle: false });
  renameSync(source, away);
  flush();
  const ms = await daemon.sync('a');
  await daemon.stop();
  renameSync(away, source);
  return ms;
}

async function byProcess(bench: Bench, source: string, directory: string): Promise<number> {
  const setup = emptyBackend(bench, source, directory);
  await setup.initialise({ adopt: false });
  flush();
  return setup.run(['sync', 'a']);
}

function emptyBackend(bench: Bench, source: string, directory: string): Setup {
  const clients = [{ name: 'a', source, backends: { one: join(directory, 'target') } }];
  return new Setup({ program: bench.program, directory, clients, poll: '1d' });
}

async function andSync(command: string, args: readonly string[], at: string): Promise<number> {
  const { ms } = await timeProgram(command, args);
  const sync = await timeProgram('sync', ['-f', at]);
  return ms + sync.ms;
}

/** Syncs the whole machine, so that earlier writes cost nothing. */
function flush(): void {
  spawnSync('sync');
}

function speed(
  what: string,
  times: Times,
  {
    against,
    limit,
    who = 'daemon',
  }: {
    readonly against: 'cp' | 'rclone';
    readonly limit?: number;
    readonly who?: 'daemon' | 'process';
  },
): Row {
  const ratios = times[against].map((ms, i) => ms / (times[who][i] ?? NaN));
  const name = against === 'cp' ? 'cp -a + sync' : 'rclone + sync';
  return {
    what: `first copy of ${what}: speed of ${name}`,
    ...(limit !== undefined && { target: atLeast(limit) }),
    value: median(ratios),
    unit: 'x',
    samples: ratios.length,
    note: `${median(times[who]).toFixed(0)} ms, ${name} ${median(times[against]).toFixed(0)} ms`,
  };
}
