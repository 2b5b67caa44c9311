import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { median, percentile } from '../support/measure.ts';
import { addBackup, cloneRepository, makeRepository } from '../support/repository.ts';
import { atMost } from '../support/result.ts';
import { Setup } from '../support/setup.ts';

/** From a snapshot's appearance at the source to its completeness at a directory, by the watch alone: polls are hours apart. */
export const latency: Case = {
  name: 'latency',
  async run(bench) {
    const [rounds, snapshots] = bench.isShort ? [2, 500] : [20, 5_000];
    const { directory } = bench;
    const [source, target] = [join(directory, 'source'), join(directory, 'target')];
    makeRepository(source, { packs: 5_000, packBytes: 100, snapshots, indexes: 100 });
    await cloneRepository(source, target);
    const setup = new Setup({
      program: bench.program,
      directory,
      poll: '1h',
      watch: true,
      clients: [{ name: 'a', source, backends: { one: target } }],
    });
    await setup.initialise({ adopt: true });
    const daemon = await Daemon.start(setup);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await sleep(300);
      const complete = (await daemon.metric('backend_snapshots')) + 1;
      const id = addBackup(source, { packs: 4, packBytes: 1024 * 1024 });
      const appearedAt = performance.now();
      while (!existsSync(join(target, 'snapshots', id))) await sleep(2);
      while ((await daemon.metric('backend_snapshots')) < complete) await sleep(2);
      times.push(performance.now() - appearedAt);
    }
    await daemon.stop();
    return [
      {
        what: `from snapshots/ID appearing to complete, with watch, ${snapshots.toLocaleString('en')} snapshots`,
        target: atMost(1_000),
        value: median(times),
        unit: 'ms',
        samples: rounds,
        note: `slowest ${percentile(times, 100).toFixed(0)} ms`,
      },
    ];
  },
};
