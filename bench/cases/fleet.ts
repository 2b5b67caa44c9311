import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { memoryOf } from '../support/measure.ts';
import { cloneRepository, makeNames } from '../support/repository.ts';
import { atMost } from '../support/result.ts';
import { Setup, type ClientSetup } from '../support/setup.ts';

/** How long an idle daemon is measured: several polls of each client. */
const IDLE_MS = 185_000;

/** Two hundred clients with two backends each in one process, polled each minute: its start, its idle CPU, its memory. */
export const fleet: Case = {
  name: 'fleet',
  async run(bench) {
    const count = bench.isShort ? 5 : 200;
    const { directory, program } = bench;
    const clients = await makeClients(directory, count);
    const setup = new Setup({ program, directory, clients, poll: '1m', watch: true });
    await setup.initialise({ adopt: true });
    const startedAt = performance.now();
    const daemon = await Daemon.start(setup, { untilIdle: false });
    const tickedMs = performance.now() - startedAt;
    await daemon.untilSettled();
    const settledMs = performance.now() - startedAt;
    await sleep(bench.isShort ? 500 : 60_000); // V8 compiles and collects what the start needed
    const [before, from] = [await daemon.work(), performance.now()];
    await sleep(bench.isShort ? 1_000 : IDLE_MS);
    const [after, to] = [await daemon.work(), performance.now()];
    const { rssMiB, peakMiB } = memoryOf(daemon.pid);
    await daemon.stop();
    const what = `${count} clients with two backends each`;
    const cpu = (100 * (after.cpuMs - before.cpuMs)) / (to - from);
    const polls = after.polls - before.polls;
    return [
      {
        what: `start of ${what}, until every source was checked`,
        target: atMost(10),
        value: tickedMs / 1000,
        unit: 's',
        samples: 1,
        note: `all complete after ${(settledMs / 1000).toFixed(1)} s`,
      },
      {
        what: `share of a core that is used by ${what} when nothing is new, polled each minute`,
        target: atMost(1),
        value: cpu,
        unit: '%',
        samples: polls,
      },
      {
        what: `resident memory, ${what}`,
        target: atMost(300),
        value: rssMiB,
        unit: 'MiB',
        samples: 1,
        note: `at its highest ${peakMiB.toFixed(0)} MiB`,
      },
    ];
  },
};

async function makeClients(parent: string, count: number): Promise<ClientSetup[]> {
  const made: ClientSetup[] = [];
  for (let i = 0; i < count; i++) {
    const directory = join(parent, `place-${i}`);
    mkdirSync(directory, { recursive: true });
    const source = join(directory, 'source');
    const backends = { nas: join(directory, 'nas'), usb: join(directory, 'usb') };
    makeNames(source, { packs: 200, snapshots: 50, indexes: 10 });
    for (const place of Object.values(backends)) await cloneRepository(source, place);
    made.push({ name: `client-${i}`, source, backends });
  }
  return made;
}
