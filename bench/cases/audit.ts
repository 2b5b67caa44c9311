import { join } from 'node:path';
import type { Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { inTurn, median, timeProgram } from '../support/measure.ts';
import { cloneRepository, makeRepository } from '../support/repository.ts';
import { atMost } from '../support/result.ts';
import { Setup } from '../support/setup.ts';

/** An audit of 55,000 objects in a directory, in the running daemon, against the comparison of names and sizes by rclone. */
export const audit: Case = {
  name: 'audit',
  async run(bench) {
    const rounds = bench.isShort ? 1 : 9;
    const source = join(bench.directory, 'source');
    const target = join(bench.directory, 'target');
    const packs = bench.isShort ? 2_000 : 54_000;
    makeRepository(source, { packs, packBytes: 100, snapshots: 500, indexes: 500 });
    await cloneRepository(source, target);
    const clients = [{ name: 'a', source, backends: { one: target } }];
    const setup = new Setup({
      program: bench.program,
      directory: bench.directory,
      clients,
      poll: '1d',
    });
    await setup.initialise({ adopt: true });
    await setup.run(['sync', 'a']);
    const daemon = await Daemon.start(setup);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const [a = NaN, b = NaN] = await inTurn(round, [
        () => daemon.audit('a', 'one'),
        async () => (await timeProgram(bench.rclone, rcloneCheck(source, target))).ms,
      ]);
      bench.say(`audit ${a.toFixed(0)}, rclone check ${b.toFixed(0)} ms`);
      ours.push(a);
      theirs.push(b);
    }
    await daemon.stop();
    const ratios = ours.map((ms, i) => ms / (theirs[i] ?? NaN));
    return [
      {
        what: `audit of ${packs + 1_000} objects in a directory, of the time of rclone check --size-only`,
        target: atMost(0.3),
        value: median(ratios),
        unit: 'x',
        samples: ratios.length,
        note: `${median(ours).toFixed(0)} ms, rclone ${median(theirs).toFixed(0)} ms`,
      },
    ];
  },
};

function rcloneCheck(from: string, to: string): string[] {
  return [
    ...['--config', '/dev/null', 'check', '--size-only'],
    ...['--exclude', '/locks/**', '--exclude', '/.backup-syncd/**', from, to],
  ];
}
