import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Contents } from '../../../src/facts/contents.ts';
import type { BackendFacts, ClientFacts, DiskFacts } from '../../../src/facts/facts.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import { protectionAt } from '../../../src/report/protection.ts';
import { Catalogue, common, minus, plus } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { latestOf, SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { chapters, ids, optional } from '../facts/chapters.ts';
import { throughAFile } from './through-a-file.ts';

const set = (list: readonly string[], size?: number) =>
  Catalogue.from(list.map((id) => [id, size]));
const drawn = fc.record({
  atSource: ids,
  missing: ids,
  retained: ids,
  unproven: ids,
  lost: ids,
  told: optional(ids),
  isSeen: fc.boolean(),
  ...chapters,
  client: fc.string(),
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
    client: drawn.client,
    history: { ...facts.history, ...drawn.history, times, claims: claimsOf(drawn) },
    source: {
      ...source,
      audit: drawn.audit,
      attempts: drawn.sourceAttempts,
      restores: drawn.restores,
      health: { ...source.health, ...drawn.health },
      contents: {
        ...source.contents,
        ...drawn.sourceContents,
        snapshots,
        latest: latestOf(snapshots, times),
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
    place: drawn.place,
    contents,
    audit: drawn.audit,
    restores: drawn.restores,
    attempts: { ...initial.attempts, ...drawn.attempts },
    progress: drawn.progress,
    disks: new Map([
      [
        'away',
        {
          place: { ...drawn.place, markerId: 'away' },
          contents,
          audit: drawn.audit,
          restores: drawn.restores,
        },
      ],
    ]),
  };
}

function makeContents(drawn: Drawn, source: Catalogue, times: SnapshotTimes): Contents {
  const { missing, retained, lost, told, isSeen } = drawn;
  const owed = common(source, set(missing));
  const whole = minus(source, owed);
  const proven = plus(whole, minus(set(retained, 5), source));
  const isDamaged = lost.length > 0 || (drawn.contents.lostUnnamed ?? 0) > 0;
  const complete = isDamaged ? whole : minus(proven, minus(set(drawn.unproven, 5), source));
  return {
    ...drawn.contents,
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
}

/** The claims of every third snapshot. */
function claimsOf({ atSource, retained }: Drawn): ClientFacts['history']['claims'] {
  const all = [...new Set([...atSource, ...retained])];
  return new Map(
    all.filter((_, n) => n % 3 === 0).map((id, n) => [id, { time: 900 + n, arrivedAt: 901 }]),
  );
}

/** The visible part of facts, without sizes, which a state file does not keep. */
function visible(facts: ClientFacts) {
  const { snapshots, ...contents } = facts.source.contents;
  return {
    ...facts,
    history: {
      ...facts.history,
      times: [...facts.history.times.entries()],
      claims: [...facts.history.claims].sort(([a], [b]) => a.localeCompare(b)),
    },
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
    chapters,
    plain,
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

test('protection is the same after a restart', () => {
  fc.assert(
    fc.property(drawn, fc.integer({ min: 1, max: 3 }), (what, copies) => {
      const facts = makeFacts(what);

      const backends = [...facts.backends.keys()].map((name) => ({
        name,
        seenWithinMs: 500_000,
        offlineMs: 500_000,
      }));
      const settings = { copies, backends };
      expect(protectionAt(throughAFile(facts), settings, 1_000_000)).toEqual(
        protectionAt(facts, settings, 1_000_000),
      );
    }),
  );
});

test('a client that was never checked is restored as unknown, not as empty', () => {
  const facts = initialFacts('ahost', ['nas'], 3);

  const back = throughAFile(facts);

  expect(back.source.contents.snapshots).toBeUndefined();
  expect(back.backends.get('nas')?.contents.missing).toBeUndefined();
  expect(back.backends.get('nas')?.contents.complete).toBeUndefined();
});

test('facts of a running process are not restored', () => {
  const facts = initialFacts('ahost', [], 3);
  const initial = initialBackend(1);
  const progress = {
    phase: 'data',
    startedAt: 4,
    updatedAt: 5,
    objects: 1,
    totalObjects: 2,
    bytes: 1,
    totalBytes: 2,
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
