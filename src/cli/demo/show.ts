import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendState } from '../../report/types.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { plural } from '../../runtime/plural.ts';
import { formatBytes } from '../../runtime/units.ts';
import { arrive } from './arrive.ts';
import type { Arrival, Fixture } from './fixture.ts';
import { BACKENDS, type Home } from './home.ts';
import type { Screen } from './screen.ts';

export interface ShowOptions {
  readonly fixture: Fixture;
  readonly home: Home;
  readonly screen: Screen;
  readonly clock: Clock;
  /** the daemon's report about the backends */
  readonly backends: () => readonly BackendState[];
  readonly signal: AbortSignal;
}

/** The pause between two snapshots, in milliseconds. */
const BETWEEN_MS = 2_000;
/** The pause between two objects, so that people can watch them arrive, in milliseconds. */
const OBJECT_MS = 200;
/** The interval between two reads of the report, which do no I/O, in milliseconds. */
const CHECK_MS = 25;

/** Lets the snapshots arrive one by one, and prints when and where each is complete. */
export async function showArrivals(options: ShowOptions): Promise<void> {
  const { arrivals } = options.fixture;
  for (const [i, arrival] of arrivals.entries()) {
    const number = `${i + 1}/${arrivals.length}`;
    options.screen.show(`${number}  soon …`);
    await sleep(BETWEEN_MS, undefined, { signal: options.signal });
    await showArrival(arrival, number, options);
    await showReplicas(i + 1, options);
  }
}

async function showArrival(
  { objects, title }: Arrival,
  number: string,
  { fixture, home, screen, signal }: ShowOptions,
): Promise<void> {
  const bytes = await arrive(objects, {
    from: fixture.repository,
    to: home.source,
    pauseMs: OBJECT_MS,
    signal,
    onObject: (done) => screen.show(`${number}  ${done} of ${objects.length} objects …`),
  });
  screen.print(`${number}  ${title} (${describe(objects)}; ${formatBytes(bytes)})`);
}

/** Prints each backend at which this many snapshots are complete and none is missing, until that is true of all. */
async function showReplicas(snapshots: number, options: ShowOptions): Promise<void> {
  const { screen, clock, backends, signal } = options;
  const arrivedAt = clock.now();
  const done = new Set<string>();
  while (done.size < BACKENDS.length) {
    throwIfAborted(signal);
    const open = backends().filter(({ backend }) => !done.has(backend));
    for (const { backend } of open.filter((one) => isComplete(one, snapshots))) {
      done.add(backend);
      const seconds = ((clock.now() - arrivedAt) / 1000).toFixed(1);
      screen.print(`     → ${backend.padEnd(8)} complete after ${seconds} s`);
    }
    const waiting = open.filter(({ backend }) => !done.has(backend));
    if (waiting.length > 0) screen.show(`     → ${waiting.map(describeWaiting).join(', ')} …`);
    await sleep(CHECK_MS, undefined, { signal });
  }
}

function isComplete({ snapshots = 0, missing }: BackendState, expected: number): boolean {
  return snapshots >= expected && missing?.length === 0;
}

function describeWaiting({ backend, state, reason }: BackendState): string {
  return reason === undefined ? `${backend} ${state}` : `${backend} ${state} (${reason})`;
}

/** Names the objects in the order of their arrival: `2 packs, index, snapshot`. */
function describe(objects: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const word = WORDS[object.split('/')[0] ?? ''] ?? object;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .map(([word, count]) => (count === 1 ? word : plural(count, word, MANY[word])))
    .join(', ');
}

const WORDS: Readonly<Record<string, string>> = {
  data: 'pack',
  index: 'index',
  snapshots: 'snapshot',
};

const MANY: Readonly<Record<string, string>> = { index: 'indexes' };
