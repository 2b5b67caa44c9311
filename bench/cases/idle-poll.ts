import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { cloneRepository, makeNames } from '../support/repository.ts';
import { atMost, type Row } from '../support/result.ts';
import { Setup } from '../support/setup.ts';

/** All the CPU that an idle daemon takes, for each look at a source with two backends: with few packs, and with many. */
export const idlePoll: Case = {
  name: 'idle-poll',
  async run(bench) {
    const snapshots = bench.isShort ? 500 : 5_000;
    const few = await cpuPerPoll(bench, { packs: 5_000, snapshots });
    const many = await cpuPerPoll(bench, { packs: bench.isShort ? 10_000 : 1_000_000, snapshots });
    return [
      row(few),
      row(many),
      {
        what: 'the latter compared with 5,000 packs',
        target: atMost(1.25),
        value: many.ms / few.ms,
        unit: 'x',
        samples: many.polls,
        note: 'the same, within noise',
      },
    ];
  },
};

interface Amounts {
  readonly packs: number;
  readonly snapshots: number;
}

interface PollCost extends Amounts {
  readonly ms: number;
  readonly polls: number;
}

async function cpuPerPoll(bench: Bench, { packs, snapshots }: Amounts): Promise<PollCost> {
  const directory = join(bench.directory, String(packs));
  const source = join(directory, 'source');
  const backends = { one: join(directory, 'one'), two: join(directory, 'two') };
  makeNames(source, { packs, snapshots, indexes: 200 });
  await Promise.all(Object.values(backends).map((target) => cloneRepository(source, target)));
  const setup = new Setup({
    program: bench.program,
    directory,
    poll: '1s',
    watch: true,
    clients: [{ name: 'a', source, backends }],
  });
  await setup.initialise({ adopt: true });
  const daemon = await Daemon.start(setup);
  // until what was just made counts as settled; and in earnest, until the file threads that only start-up needed have ended
  // and V8 has compiled what polls are made of
  await sleep(bench.isShort ? 2_000 : 120_000);
  const before = await daemon.work();
  await sleep(bench.isShort ? 3_000 : 30_000);
  const after = await daemon.work();
  await daemon.stop();
  const [used, polls] = [after.cpuMs - before.cpuMs, after.polls - before.polls];
  bench.say(`${packs} packs: ${(used / polls).toFixed(2)} ms a poll, ${polls} polls`);
  return { packs, snapshots, ms: used / polls, polls };
}

function row({ packs, snapshots, ms, polls }: PollCost): Row {
  const amounts = `${snapshots.toLocaleString('en')} snapshots, two backends, ${packs.toLocaleString('en')} packs`;
  return {
    what: `CPU of a poll with nothing new, ${amounts}`,
    target: atMost(5),
    value: ms,
    unit: 'ms',
    samples: polls,
  };
}
