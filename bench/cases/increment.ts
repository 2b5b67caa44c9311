import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rcloneSync, type Bench, type Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { inTurn, median, timeProgram } from '../support/measure.ts';
import { addBackup, cloneRepository, makeRepository } from '../support/repository.ts';
import { atMost, type Row } from '../support/result.ts';
import { Setup } from '../support/setup.ts';

/** 10 packs, an index and a snapshot. */
const BACKUP = { packs: 10, packBytes: 256 * 1024 };

/** 12 new objects in a repository of 55,000: in the running daemon, and as a process of its own, against rclone. */
export const increment: Case = {
  name: 'increment',
  async run(bench) {
    const rounds = bench.isShort ? 1 : 9;
    const source = join(bench.directory, 'source');
    const packs = bench.isShort ? 2_000 : 54_000;
    makeRepository(source, { packs, packBytes: 100, snapshots: 500, indexes: 500 });
    const [inDaemon, asProcess] = [await adopted(bench, 'daemon'), await adopted(bench, 'process')];
    const byRclone = join(bench.directory, 'rclone');
    await cloneRepository(source, byRclone);
    const daemon = await Daemon.start(inDaemon);
    await sleep(2_500);
    await daemon.sync('a'); // directories that were listed just after a change are listed again
    const [ours, oneShot, theirs]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      addBackup(source, BACKUP);
      const [a = NaN, b = NaN, c = NaN] = await inTurn(round, [
        () => daemon.sync('a'),
        () => asProcess.run(['sync', 'a']),
        async () => (await timeProgram(bench.rclone, rcloneSync(source, byRclone))).ms,
      ]);
      bench.say(`daemon ${a.toFixed(0)}, process ${b.toFixed(0)}, rclone ${c.toFixed(0)} ms`);
      ours.push(a);
      oneShot.push(b);
      theirs.push(c);
    }
    await daemon.stop();
    return [
      row({ what: 'in the daemon', ours, theirs, limit: 0.05 }),
      row({ what: 'as a process', ours: oneShot, theirs, limit: 0.35 }),
    ];
  },
};

async function adopted(bench: Bench, name: string): Promise<Setup> {
  const directory = join(bench.directory, name);
  const source = join(bench.directory, 'source');
  const target = join(directory, 'target');
  await cloneRepository(source, target);
  const clients = [{ name: 'a', source, backends: { one: target } }];
  const setup = new Setup({ program: bench.program, directory, clients, poll: '1d' });
  await setup.initialise({ adopt: true });
  await setup.run(['sync', 'a']);
  return setup;
}

function row({
  what,
  ours,
  theirs,
  limit,
}: {
  readonly what: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly limit: number;
}): Row {
  const ratios = ours.map((ms, i) => ms / (theirs[i] ?? NaN));
  return {
    what: `12 new objects, ${what}, of rclone's time`,
    target: atMost(limit),
    value: median(ratios),
    unit: 'x',
    samples: ratios.length,
    note: `${median(ours).toFixed(0)} ms, rclone ${median(theirs).toFixed(0)} ms`,
  };
}
