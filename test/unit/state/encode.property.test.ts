import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exchangeDisks } from '../../../src/client/disks.ts';
import type {
  BackendFacts,
  ClientFacts,
  DiskFacts,
  SourceFacts,
} from '../../../src/report/facts.ts';
import { initialBackend, initialFacts } from '../../../src/report/initial-facts.ts';
import { protectionAt } from '../../../src/report/protection.ts';
import { Catalogue, common, minus, plus } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { latestOf, SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../../../src/report/types.ts';
import { decodeFacts, encodeFacts } from '../../../src/state/encode.ts';
import { ClientState } from '../../../src/state/state-schema.ts';
import { idOf } from '../../arbitraries/ids.ts';

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
});
const count = fc.nat(1_000);

/** The compiler asks for a line here for each new field of the facts. */
const sourceFates: Fates<SourceFacts> = {
  state: kept(fc.constantFrom(...SOURCE_STATES)),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  configSha256: kept(optional(fc.string())),
  lastScanAt: kept(optional(time)),
  observedAt: kept(optional(time)),
  scans: kept(count),
  scanFailures: kept(count),
  doing: 'of this process',
  snapshots: 'derived',
  latest: 'derived',
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  locks: kept(optional(count)),
  oldestLockAt: kept(optional(time)),
  ignored: kept(optional(count)),
  refused: kept(fc.array(fc.string())),
  arrivals: 'derived',
  acceptedKeys: kept(optional(ids)),
  listedKeys: 'of this process', // the first view lists them again
  malformedKeys: kept(optional(fc.array(fc.string()))),
  waitingKeys: kept(optional(count)),
  lastListing: kept(optional(time)),
  record: 'derived',
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

const backendFates: Fates<BackendFacts> = {
  state: kept(fc.constantFrom(...BACKEND_STATES.filter((state) => !MOVING.has(state)))),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  configuredAt: kept(time),
  markerId: kept(optional(fc.string())),
  disks: 'derived',
  since: kept(optional(time)),
  baselineAt: kept(optional(time)),
  up: kept(optional(fc.boolean())),
  isMissed: kept(optional(fc.boolean())),
  lastContact: kept(optional(time)),
  lastListing: kept(optional(time)),
  lastSuccess: kept(optional(time)),
  wholeConfig: kept(optional(fc.string())),
  told: 'derived',
  lastDurationMs: kept(optional(count)),
  lastAttemptAt: 'of this process', // a restart tries at once
  failures: kept(count),
  nextAttemptAt: 'of this process',
  missing: 'derived',
  evaluatedFor: 'derived',
  complete: 'derived',
  latest: 'derived',
  lost: 'derived',
  lostUnnamed: kept(optional(count)),
  held: 'derived',
  proven: 'derived',
  unproven: 'derived',
  arrivals: kept(optional(fc.record({ seen: ids.map((list) => new Set(list)), order: ids }))),
  staleKeys: kept(optional(count)),
  keys: kept(optional(count)),
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  freeBytes: kept(optional(count)),
  totalBytes: kept(optional(count)),
  pendingObjects: kept(optional(count)),
  pendingBytes: kept(optional(count)),
  progress: 'of this process', // nothing moves after a restart
  doing: 'of this process',
  progressAt: kept(optional(time)),
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

interface Drawn {
  readonly atSource: readonly string[];
  readonly missing: readonly string[];
  readonly retained: readonly string[];
  readonly unproven: readonly string[];
  readonly lost: readonly string[];
  readonly told: readonly string[] | undefined;
  readonly isSeen: boolean;
  readonly plain: Partial<BackendFacts>;
  readonly plainSource: Partial<SourceFacts>;
  readonly plainClient: Partial<ClientFacts>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  atSource: ids,
  missing: ids,
  retained: ids,
  unproven: ids,
  lost: ids,
  told: optional(ids),
  isSeen: fc.boolean(),
  plain: drawKept(backendFates),
  plainSource: drawKept(sourceFates),
  plainClient: drawKept(clientFates),
});

function makeFacts(drawn: Drawn): ClientFacts {
  const { atSource, missing, retained, lost, told, isSeen } = drawn;
  const source = set(atSource, 5);
  const owed = common(source, set(missing));
  const keptThere = minus(set(retained, 5), source);
  const whole = minus(source, owed);
  const proven = plus(whole, keptThere);
  const isDamaged = lost.length > 0 || (drawn.plain.lostUnnamed ?? 0) > 0;
  const complete = isDamaged ? whole : proven;
  const times = new SnapshotTimes().with(
    new Map(
      [...atSource, ...retained].map((id, n) => [
        id,
        { time: n * 10, arrivedAt: n * (10 + (n % 2)) },
      ]),
    ),
  );
  const there: BackendFacts = {
    ...initialBackend(1),
    ...drawn.plain,
    ...(told && { told: set(told, 5) }),
    lost: { ...NO_OBJECTS, keys: set(lost), data: split(set(lost)), index: set(lost) },
    ...(isSeen && {
      missing: new Map([...owed.entries()].map(({ id }, n) => [id, n])),
      evaluatedFor: source,
      complete,
      proven,
      unproven: set(drawn.unproven),
      latest: latestOf(complete, times),
    }),
  };
  const backend = { ...there, disks: new Map([['away', diskOf(there)]]) };
  const facts = initialFacts('ahost', [], 3);
  return {
    ...facts,
    ...drawn.plainClient,
    times,
    claims: claimsOf(drawn),
    source: {
      ...facts.source,
      ...drawn.plainSource,
      snapshots: source,
      latest: latestOf(source, times),
    },
    backends: new Map([['nas', backend]]),
  };
}

/** The same is known of another disk. */
function diskOf(known: BackendFacts): DiskFacts {
  const { markerId, disks } = exchangeDisks(
    { ...known, markerId: 'one', complete: known.complete ?? Catalogue.from([]) },
    { markerId: 'two', replaces: [] },
  );
  expect(markerId).toBeUndefined();
  const disk = disks?.get('one');
  if (disk === undefined) throw new Error('it is not remembered');
  return { ...disk, complete: known.complete };
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
  const { snapshots, ...source } = facts.source;
  return {
    ...facts,
    times: [...facts.times.entries()],
    claims: [...facts.claims].sort(([a], [b]) => a.localeCompare(b)),
    source: { ...source, snapshots: names(snapshots) },
    backends: [...facts.backends].map(([name, { told, disks, ...backend }]) => ({
      name,
      backend: visibleDisk(backend),
      disks: [...(disks ?? [])].map(([id, disk]) => ({ id, disk: visibleDisk(disk) })),
      told: names(told),
    })),
  };
}

const names = (catalogue?: Catalogue) => catalogue && [...catalogue.entries()].map(({ id }) => id);

function visibleDisk<T extends DiskFacts>(disk: T) {
  const { lost, complete, proven, unproven, evaluatedFor, missing, ...plain } = disk;
  return {
    plain,
    missing: missing && [...missing].sort(),
    lost: [lost.keys, lost.index].map(names),
    data: [...lost.data.entries()],
    complete: names(complete),
    proven: names(proven),
    unproven: names(unproven),
    evaluatedFor: names(evaluatedFor),
  };
}

function throughAFile(facts: ClientFacts): ClientFacts {
  return decodeFacts(ClientState.parse(JSON.parse(JSON.stringify(encodeFacts(facts, 9)))));
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

  expect(back.source.snapshots).toBeUndefined();
  expect(back.backends.get('nas')?.missing).toBeUndefined();
  expect(back.backends.get('nas')?.complete).toBeUndefined();
});

test('what is only true of a running process does not come back', () => {
  const facts = initialFacts('ahost', [], 3);
  const progress = {
    phase: 'data',
    ...{ startedAt: 4, updatedAt: 5, objects: 1, totalObjects: 2, bytes: 1, totalBytes: 2 },
  } as const;
  const busy = { ...initialBackend(1), nextAttemptAt: 7, lastAttemptAt: 6, progress };

  const back = throughAFile({ ...facts, backends: new Map([['nas', busy]]) });

  expect(back.backends.get('nas')).toEqual(initialBackend(1));
});

test.each(['syncing', 'initial_copy'] as const)('%s is over after a restart', (state) => {
  const facts = initialFacts('ahost', [], 3);
  const moving = { ...initialBackend(1), state };

  const back = throughAFile({ ...facts, backends: new Map([['nas', moving]]) });

  expect(back.backends.get('nas')?.state).toBe('unknown');
});
