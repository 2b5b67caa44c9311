import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendState, ClientReport } from '../../report/types.ts';
import type { Clock } from '../../runtime/clock.ts';
import { formatBytes } from '../../runtime/units.ts';
import { arrive } from './arrive.ts';
import { awaitReplica } from './await-replica.ts';
import type { Arrival, Fixture } from './fixture.ts';
import { BACKENDS, type Home } from './home.ts';
import type { Screen } from './screen.ts';

export interface ShowOptions {
  readonly fixture: Fixture;
  readonly home: Home;
  readonly screen: Screen;
  readonly clock: Clock;
  readonly report: () => ClientReport | undefined;
  readonly signal: AbortSignal;
}

/** Between two snapshots, in milliseconds. */
const BETWEEN_MS = 2_000;
/** Between two objects, so that a person can see them come. */
const OBJECT_MS = 200;

/** Lets the snapshots arrive one by one, and says when each is complete where. */
export async function showArrivals(options: ShowOptions): Promise<void> {
  const { arrivals } = options.fixture;
  for (const [i, arrival] of arrivals.entries()) {
    await pause(`snapshot ${i + 1} of ${arrivals.length} arrives soon`, options);
    await showArrival(i + 1, arrival, options);
  }
}

async function pause(text: string, { screen, signal }: ShowOptions): Promise<void> {
  for (let left = BETWEEN_MS; left > 0; left -= 500) {
    screen.show(`${text} ${'.'.repeat(left / 500)}`);
    await sleep(500, undefined, { signal });
  }
}

async function showArrival(number: number, arrival: Arrival, options: ShowOptions): Promise<void> {
  const { fixture, home, screen, signal } = options;
  const { objects, title } = arrival;
  const bytes = await arrive(objects, {
    ...{ from: fixture.repository, to: home.source, pauseMs: OBJECT_MS, signal },
    onObject: (done, size) =>
      screen.show(`arriving: ${done} of ${objects.length} objects, ${formatBytes(size)}`),
  });
  screen.say(
    `${number}/${fixture.arrivals.length}  ${title}: ${describe(objects)}; ${formatBytes(bytes)}`,
  );
  screen.show('');
  const arrivedAt = options.clock.now();
  await Promise.all(BACKENDS.map((name) => showReplica(name, { ...options, number, arrivedAt })));
}

async function showReplica(
  name: string,
  options: ShowOptions & { readonly number: number; readonly arrivedAt: number },
): Promise<void> {
  const { report, number, signal, screen, clock, arrivedAt } = options;
  await awaitReplica(name, {
    ...{ report, snapshots: number, signal },
    onState: (backend) => screen.show(waiting(backend)),
  });
  const seconds = ((clock.now() - arrivedAt) / 1000).toFixed(1);
  screen.say(`     → ${name.padEnd(8)} complete after ${seconds} s`);
}

function waiting({ backend, state, reason }: BackendState): string {
  return `waiting for ${backend}: ${state}${reason === undefined ? '' : ` (${reason})`}`;
}

/** In the order of their arrival: `2 packs, index, snapshot`. */
function describe(objects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const word = WORDS[object.split('/')[0] ?? ''] ?? object;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => (count === 1 ? word : `${count} ${word}s`)).join(', ');
}

const WORDS: Readonly<Record<string, string>> = {
  data: 'pack',
  index: 'index',
  snapshots: 'snapshot',
};
