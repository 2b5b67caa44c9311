import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Attempts } from '../../../src/facts/attempts.ts';
import type { Contents } from '../../../src/facts/contents.ts';
import type { BackendFacts, ClientFacts, DiskFacts } from '../../../src/facts/facts.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import type { Place } from '../../../src/facts/place.ts';
import type { Progress } from '../../../src/facts/progress.ts';
import type { SourceContents } from '../../../src/facts/source-contents.ts';
import type { SourceHealth } from '../../../src/facts/source-health.ts';
import { protectionAt } from '../../../src/report/protection.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../../../src/report/types.ts';
import { Catalogue, common, minus, plus } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { latestOf, SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { throughAFile } from './through-a-file.ts';

const ids = fc.uniqueArray(
  fc.nat(15).map((n) => idOf(n)),
  { maxLength: 10 },
);
const set = (list: readonly string[], size?: number) =>
  Catalogue.from(list.map((id) => [id, size]));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.nat(1_000_000);

/** nothing is moving any more after a restart */
const MOVING: ReadonlySet<string> = new Set(['syncing', 'initial_copy']);

/** What becomes of a field at a restart: drawn values that come back as they were, or why they do not. */
type Fate<T> =
  | { readonly kept: fc.Arbitrary<T> }
  /** made again from what is kept; the tests below compare it */
  | 'derived'
  /** only true of the process that knew it */
  | 'of this process';
type Fates<T> = { readonly [K in keyof T]-?: Fate<T[K]> };
const kept = <T>(arbitrary: fc.Arbitrary<T>) => ({ kept: arbitrary });

const trouble = fc.record({
  reason: fc.constantFrom('unreachable' as const, 'damaged' as const),
  message: fc.string(),
  hint: optional(fc.string()),
  isNotMounted: optional(fc.constant(true as const)),
});
const count = fc.nat(1_000);

/** The compiler asks for a line here for each new field of a chapter. */
const healthFates: Fates<SourceHealth> = {
  state: kept(fc.constantFrom(...SOURCE_STATES)),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  lastScanAt: kept(optional(time)),
  observedAt: kept(optional(time)),
  scans: kept(count),
  scanFailures: kept(count),
  locks: kept(optional(count)),
  oldestLockAt: kept(optional(time)),
  doubtfulSince: kept(optional(time)),
  noticed: kept(
    optional(
      fc.record({
        fault: fc.constantFrom('emptied' as const, 'different_repository' as const),
        isAccepted: optional(fc.constant(true as const)),
      }),
    ),
  ),
  uncountedSince: kept(optional(time)),
  acknowledged: kept(
    optional(
      fc.record({
        acknowledgedAt: time,
        by: fc.string(),
        reason: fc.string(),
        state: fc.constantFrom('suspect' as const, 'damaged' as const, 'emptied' as const),
        message: fc.string(),
      }),
    ),
  ),
};

const sourceContentsFates: Fates<SourceContents> = {
  configSha256: kept(optional(fc.string())),
  snapshots: 'derived',
  latest: 'derived',
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  ignored: kept(optional(count)),
  refused: kept(fc.array(fc.string())),
  arrivals: 'derived',
  acceptedKeys: kept(optional(ids)),
  listedKeys: 'of this process', // the first view lists them again
  malformedKeys: kept(optional(fc.array(fc.string()))),
  waitingKeys: kept(optional(count)),
  lastListing: kept(optional(time)),
};

const placeFates: Fates<Place> = {
  markerId: kept(optional(fc.string())),
  since: kept(optional(time)),
  up: kept(optional(fc.boolean())),
  isMissed: kept(optional(fc.boolean())),
  lastContact: kept(optional(time)),
  lastListing: kept(optional(time)),
  freeBytes: kept(optional(count)),
  totalBytes: kept(optional(count)),
};

const contentsFates: Fates<Contents> = {
  baselineAt: kept(optional(time)),
  missing: 'derived',
  evaluatedFor: 'derived',
  complete: 'derived',
  latest: 'derived',
  lost: 'derived',
  lostUnnamed: kept(optional(count)),
  held: 'derived',
  proven: 'derived',
  unproven: 'derived',
  told: 'derived',
  arrivals: kept(optional(fc.record({ seen: ids.map((list) => new Set(list)), order: ids }))),
  staleKeys: kept(optional(count)),
  keys: kept(optional(count)),
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  wholeConfig: kept(optional(fc.string())),
};

const attemptsFates: Fates<Attempts> = {
  state: kept(fc.constantFrom(...BACKEND_STATES.filter((state) => !MOVING.has(state)))),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  failures: kept(count),
  lastSuccess: kept(optional(time)),
  lastDurationMs: kept(optional(count)),
  lastAttemptAt: 'of this process', // a restart tries at once
  nextAttemptAt: 'of this process',
  corrupt: kept(fc.array(fc.string())),
  counters: kept(
    fc.record({
      syncs: count,
      failures: fc.record({ no_space: count }, { requiredKeys: [] }),
      replans: count,
      transferredObjects: count,
      transferredBytes: count,
    }),
  ),
};

const progressFates: Fates<Progress> = {
  pendingObjects: kept(optional(count)),
  pendingBytes: kept(optional(count)),
  progressAt: kept(optional(time)),
  progress: 'of this process', // nothing moves after a restart
  doing: 'of this process',
};

const clientFates: Fates<ClientFacts> = {
  client: kept(fc.string()),
  setUpAt: kept(time),
  setUpClaimed: kept(optional(time)),
  source: 'derived',
  backends: 'derived',
  times: 'derived',
  claims: 'derived',
  lostUnreplicated: kept(count),
};

/** Values for all fields that are kept. */
function drawKept<T extends object>(fates: Fates<T>): fc.Arbitrary<Partial<T>> {
  const arbitraries: Record<string, fc.Arbitrary<unknown>> = {};
  for (const key in fates) {
    const fate: Fate<T[typeof key]> = fates[key];
    if (typeof fate !== 'string') arbitraries[key] = fate.kept;
  }
  return fc.record(arbitraries) as unknown as fc.Arbitrary<Partial<T>>;
}

const drawn = fc.record({
  atSource: ids,
  missing: ids,
  retained: ids,
  unproven: ids,
  lost: ids,
  told: optional(ids),
  isSeen: fc.boolean(),
  place: drawKept(placeFates),
  contents: drawKept(contentsFates),
  attempts: drawKept(attemptsFates),
  progress: drawKept(progressFates),
  health: drawKept(healthFates),
  sourceContents: drawKept(sourceContentsFates),
  client: drawKept(clientFates),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function makeFacts(drawn: Drawn): ClientFacts {
  const { atSource, retained } = drawn;
  const times = new SnapshotTimes().with(
    new Map(
      [...atSource, ...retained].map((id, n) => [
        id,
        { time: n * 10, arrivedAt: n * (10 + (n % 2)) },
      ]),
    ),
  );
  const snapshots = set(atSource, 5);
  const facts = initialFacts('ahost', [], 3);
  const { source } = facts;
  return {
    ...facts,
    ...drawn.client,
    times,
    claims: claimsOf(drawn),
    source: {
      ...source,
      health: { ...source.health, ...drawn.health },
      contents: {
        ...source.contents,
        ...drawn.sourceContents,
        ...{ snapshots, latest: latestOf(snapshots, times) },
      },
    },
    backends: new Map([['nas', makeBackend(drawn, snapshots, times)]]),
  };
}

function makeBackend(drawn: Drawn, source: Catalogue, times: SnapshotTimes): BackendFacts {
  const contents = makeContents(drawn, source, times);
  const initial = initialBackend(1);
  return {
    ...initial,
    ...{ place: drawn.place, contents },
    attempts: { ...initial.attempts, ...drawn.attempts },
    progress: drawn.progress,
    disks: new Map([['away', { place: { ...drawn.place, markerId: 'away' }, contents }]]),
  };
}

function makeContents(drawn: Drawn, source: Catalogue, times: SnapshotTimes): Contents {
  const { missing, retained, lost, told, isSeen } = drawn;
  const owed = common(source, set(missing));
  const whole = minus(source, owed);
  const proven = plus(whole, minus(set(retained, 5), source));
  const isDamaged = lost.length > 0 || (drawn.contents.lostUnnamed ?? 0) > 0;
  const complete = isDamaged ? whole : proven;
  return {
    ...drawn.contents,
    ...(told && { told: set(told, 5) }),
    lost: { ...NO_OBJECTS, keys: set(lost), data: split(set(lost)), index: set(lost) },
    ...(isSeen && {
      missing: new Map([...owed.entries()].map(({ id }, n) => [id, n])),
      ...{ evaluatedFor: source, complete, proven, unproven: set(drawn.unproven) },
      latest: latestOf(complete, times),
    }),
  };
}

/** Of every third snapshot. */
function claimsOf({ atSource, retained }: Drawn): ClientFacts['claims'] {
  const all = [...new Set([...atSource, ...retained])];
  return new Map(
    all.filter((_, n) => n % 3 === 0).map((id, n) => [id, { time: 900 + n, arrivedAt: 901 }]),
  );
}

/** What can be seen of facts, sizes aside, which a state file does not keep. */
function visible(facts: ClientFacts) {
  const { snapshots, ...contents } = facts.source.contents;
  return {
    ...facts,
    times: [...facts.times.entries()],
    claims: [...facts.claims].sort(([a], [b]) => a.localeCompare(b)),
    source: { ...facts.source, contents, snapshots: names(snapshots) },
    backends: [...facts.backends].map(([name, { disks, ...backend }]) => ({
      name,
      backend: visibleDisk(backend),
      disks: [...disks].map(([id, disk]) => ({ id, disk: visibleDisk(disk) })),
    })),
  };
}

const names = (catalogue?: Catalogue) => catalogue && [...catalogue.entries()].map(({ id }) => id);

function visibleDisk<T extends DiskFacts>({ contents, ...chapters }: T) {
  const { lost, complete, proven, unproven, evaluatedFor, told, missing, ...plain } = contents;
  return {
    ...{ chapters, plain },
    missing: missing && [...missing].sort(),
    lost: [lost.keys, lost.index].map(names),
    data: [...lost.data.entries()],
    sets: [complete, proven, unproven, evaluatedFor, told].map(names),
  };
}

test('facts come back from a state file as they were', () => {
  fc.assert(
    fc.property(drawn, (what) => {
      const facts = makeFacts(what);

      const back = throughAFile(facts);

      expect(visible(back)).toEqual(visible(facts));
    }),
  );
});

test('who is protected is the same after a restart', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 3 }), (what, copies) => {
      const facts = makeFacts(what);

      const backends = [...facts.backends.keys()].map((name) => ({
        ...{ name, seenWithinMs: 500_000, offlineMs: 500_000 },
      }));
      const settings = { copies, backends };
      expect(protectionAt(throughAFile(facts), settings, 1_000_000)).toEqual(
        protectionAt(facts, settings, 1_000_000),
      );
    }),
  );
});

test('a client that was never looked at comes back as unknown, not as empty', () => {
  const facts = initialFacts('ahost', ['nas'], 3);

  const back = throughAFile(facts);

  expect(back.source.contents.snapshots).toBeUndefined();
  expect(back.backends.get('nas')?.contents.missing).toBeUndefined();
  expect(back.backends.get('nas')?.contents.complete).toBeUndefined();
});

test('what is only true of a running process does not come back', () => {
  const facts = initialFacts('ahost', [], 3);
  const initial = initialBackend(1);
  const progress = {
    phase: 'data',
    ...{ startedAt: 4, updatedAt: 5, objects: 1, totalObjects: 2, bytes: 1, totalBytes: 2 },
  } as const;
  const busy = {
    ...initial,
    attempts: { ...initial.attempts, nextAttemptAt: 7, lastAttemptAt: 6 },
    progress: { progress, doing: { what: 'looking at it', since: 4 } },
  };

  const back = throughAFile({ ...facts, backends: new Map([['nas', busy]]) });

  expect(back.backends.get('nas')).toEqual(initial);
});

test.each(['syncing', 'initial_copy'] as const)('%s is over after a restart', (state) => {
  const facts = initialFacts('ahost', [], 3);
  const initial = initialBackend(1);
  const moving = { ...initial, attempts: { ...initial.attempts, state } };

  const back = throughAFile({ ...facts, backends: new Map([['nas', moving]]) });

  expect(back.backends.get('nas')?.attempts.state).toBe('unknown');
});
