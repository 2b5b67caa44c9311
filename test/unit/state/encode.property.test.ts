import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateProtection } from '../../../src/client/evaluate.ts';
import type { BackendFacts, ClientFacts } from '../../../src/report/facts.ts';
import { initialBackend, initialFacts } from '../../../src/report/initial-facts.ts';
import { Catalogue, common, minus, plus } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { latestOf, SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { BACKEND_STATES } from '../../../src/report/types.ts';
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

interface Drawn {
  readonly atSource: readonly string[];
  readonly missing: readonly string[];
  readonly retained: readonly string[];
  readonly lost: readonly string[];
  readonly told: readonly string[] | undefined;
  readonly isSeen: boolean;
  readonly plain: Partial<BackendFacts>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  atSource: ids,
  missing: ids,
  retained: ids,
  lost: ids,
  told: optional(ids),
  isSeen: fc.boolean(),
  plain: fc.record({
    state: fc.constantFrom(...BACKEND_STATES.filter((state) => !MOVING.has(state))),
    since: optional(time),
    baselineAt: optional(time),
    wholeAt: optional(time),
    lastSuccess: optional(time),
    markerId: optional(fc.string()),
    wholeConfig: optional(fc.string()),
    up: optional(fc.boolean()),
    failures: fc.nat(9),
    trouble: optional(
      fc.record({
        reason: fc.constantFrom('unreachable' as const, 'damaged' as const),
        message: fc.string(),
        hint: optional(fc.string()),
      }),
    ),
    corrupt: fc.array(fc.string()),
  }),
});

function makeFacts({ atSource, missing, retained, lost, told, isSeen, plain }: Drawn): ClientFacts {
  const source = set(atSource, 5);
  const owed = common(source, set(missing));
  const kept = minus(set(retained, 5), source);
  const complete = plus(minus(source, owed), kept);
  const times = new SnapshotTimes().with(
    new Map(
      [...atSource, ...retained].map((id, n) => [
        id,
        { time: n * 10, arrivedAt: n * (10 + (n % 2)) },
      ]),
    ),
  );
  const backend: BackendFacts = {
    ...initialBackend(1),
    ...plain,
    ...(told && { told: set(told, 5) }),
    lost: { ...NO_OBJECTS, keys: set(lost), data: split(set(lost)), index: set(lost) },
    ...(isSeen && {
      missing: new Map([...owed.entries()].map(({ id }, n) => [id, n])),
      evaluatedFor: source,
      complete,
      latest: latestOf(complete, times),
    }),
  };
  const facts = initialFacts('ahost', [], 3);
  return {
    ...facts,
    times,
    source: { ...facts.source, state: 'ok', snapshots: source, latest: latestOf(source, times) },
    backends: new Map([['nas', backend]]),
  };
}

/** What can be seen of facts, sizes aside, which a state file does not keep. */
function visible(facts: ClientFacts) {
  const names = (catalogue?: Catalogue) =>
    catalogue && [...catalogue.entries()].map(({ id }) => id);
  const { snapshots, ...source } = facts.source;
  return {
    ...facts,
    times: [...facts.times.entries()],
    source: { ...source, snapshots: names(snapshots) },
    backends: [...facts.backends].map(
      ([name, { lost, complete, evaluatedFor, told, ...backend }]) => ({
        name,
        backend: { ...backend, missing: backend.missing && [...backend.missing].sort() },
        lost: [lost.keys, lost.index].map(names),
        data: [...lost.data.entries()],
        complete: names(complete),
        told: names(told),
        evaluatedFor: names(evaluatedFor),
      }),
    ),
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

      expect(evaluateProtection(throughAFile(facts), copies)).toEqual(
        evaluateProtection(facts, copies),
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

test('progress and pending work are not kept: they are learnt anew', () => {
  const facts = initialFacts('ahost', [], 3);
  const busy = { ...initialBackend(1), pendingObjects: 5, nextAttemptAt: 7, lastAttemptAt: 6 };

  const back = throughAFile({ ...facts, backends: new Map([['nas', busy]]) });

  expect(back.backends.get('nas')).toEqual(initialBackend(1));
});

test.each(['syncing', 'initial_copy'] as const)('%s is over after a restart', (state) => {
  const facts = initialFacts('ahost', [], 3);
  const moving = { ...initialBackend(1), state };

  const back = throughAFile({ ...facts, backends: new Map([['nas', moving]]) });

  expect(back.backends.get('nas')?.state).toBe('unknown');
});
