import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateBackend } from '../../../src/facts/evaluate.ts';
import { planRetirement } from '../../../src/replication/plan-retirement.ts';
import type { BackendFacts, ClientFacts } from '../../../src/facts/facts.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { Catalogue, minus } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { throughAFile } from '../state/through-a-file.ts';

const EVENTS = ['backup', 'junk index', 'forget', 'prune', 'restart', 'lose the baseline'] as const;
type Event = (typeof EVENTS)[number];
const events = fc.array(
  fc.record({ event: fc.constantFrom(...EVENTS), pick: fc.nat(20), isSent: fc.boolean() }),
  { minLength: 1, maxLength: 14 },
);

const set = (ids: Iterable<string>) => Catalogue.from([...ids].map((id) => [id, 1]));
const known = (facts: ClientFacts): BackendFacts => {
  const found = facts.backends.get('nas');
  if (found === undefined) throw new Error('no such backend');
  return found;
};

/** A source and a backend, and which indexes each snapshot may really need there: all that were there when it became complete. */
class Model {
  facts = initialFacts('ahost', ['nas'], 0);
  readonly source = { index: new Set<string>(), snapshots: new Set<string>() };
  readonly backend = { index: new Set<string>(), snapshots: new Set<string>() };
  readonly needs = new Map<string, ReadonlySet<string>>();
  /** unknown since the baseline was lost */
  readonly unsure = new Set<string>();
  private count = 0;

  happen(event: Event, pick: number): void {
    const snapshots = [...this.source.snapshots];
    if (event === 'backup') {
      this.source.index.add(this.next());
      this.source.snapshots.add(this.next());
    } else if (event === 'junk index') this.source.index.add(this.next());
    else if (event === 'forget' && snapshots.length > 1)
      this.source.snapshots.delete(snapshots[pick % snapshots.length] ?? '');
    else if (event === 'prune') {
      this.source.index.clear();
      this.source.index.add(this.next());
    } else if (event === 'restart') this.restart();
    else if (event === 'lose the baseline') this.loseBaseline();
  }

  /** A pass: everything is sent, first indexes, then snapshots. */
  send(): void {
    for (const id of this.source.index) this.backend.index.add(id);
    this.look();
    for (const id of this.source.snapshots) {
      if (!this.needs.has(id)) this.needs.set(id, new Set(this.backend.index));
      this.unsure.delete(id);
      this.backend.snapshots.add(id);
    }
    this.look();
  }

  /** Inspects the backend; an inspection does not have to find everything that happened. */
  look(hasBaseline = true): void {
    const { source: before } = this.facts;
    const contents = { ...before.contents, snapshots: set(this.source.snapshots) };
    const source = { ...before, contents };
    const history = { ...this.facts.history, times: this.times() };
    const facts = { ...this.facts, source, history };
    const there = set(this.backend.snapshots);
    const evaluated = evaluateBackend(
      { facts, known: known(facts).contents, now: 10 },
      {
        visible: minus(there, set(this.unsure)),
        visibleNow: there,
        index: set(this.backend.index),
        hasBaseline,
        isDamaged: false,
        since: 0,
      },
    );
    const backends = new Map([
      ['nas', { ...known(facts), contents: { ...known(facts).contents, ...evaluated } }],
    ]);
    this.facts = { ...facts, backends };
  }

  /** Whether `index/ID` may be retired alone. */
  mayRetire(index: string): boolean {
    const { complete, arrivals } = known(this.facts).contents;
    const view = {
      takenAt: 0,
      configSha256: '',
      configBytes: 0,
      objects: this.objects(this.source),
    };
    try {
      planRetirement({
        owner: { client: 'a', backend: 'b' },
        view,
        present: this.objects(this.backend),
        complete,
        arrivals,
        selection: { keys: false, all: false, objects: [`index/${index}`] },
      });
      return true;
    } catch (error) {
      if (error instanceof SyncdError) return false;
      throw error;
    }
  }

  private objects({ index, snapshots }: Model['source']) {
    return { ...NO_OBJECTS, index: set(index), snapshots: set(snapshots) };
  }

  /** The remembered ones; a source that was checked has a time for each of its snapshots. */
  private times(): SnapshotTimes {
    const time = { time: 1, arrivedAt: 1 };
    return this.facts.history.times.with(
      new Map([...this.source.snapshots].map((id) => [id, time])),
    );
  }

  private restart(): void {
    this.facts = throughAFile(this.facts);
  }

  /** The source may have other packs and indexes now for the snapshots that it still has. */
  private loseBaseline(): void {
    for (const id of this.backend.snapshots) this.unsure.add(id);
    this.look(false);
    for (const id of this.source.snapshots) this.needs.delete(id);
    this.send();
  }

  private next(): string {
    this.count += 1;
    return idOf(this.count * 0x101);
  }
}

test('an index is moved only if no remaining snapshot can need it, for any history', () => {
  let allowed = 0;
  fc.assert(
    fc.property(events, (steps) => {
      const model = new Model();
      model.happen('backup', 0);
      model.send();
      for (const { event, pick, isSent } of steps) {
        model.happen(event, pick);
        if (isSent) model.send();
      }
      model.send();
      const staying = [...model.backend.snapshots].filter((id) => !model.source.snapshots.has(id));
      for (const index of model.backend.index) {
        if (model.source.index.has(index) || !model.mayRetire(index)) continue;
        allowed += 1;
        for (const id of staying) {
          expect(model.unsure.has(id)).toBe(false);
          expect(model.needs.get(id)?.has(index)).toBe(false);
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(allowed).toBeGreaterThan(20);
});

test('a junk index that came last may go, also after a restart', () => {
  const model = new Model();
  model.happen('backup', 0);
  model.happen('backup', 0);
  model.send();
  model.happen('junk index', 0);
  model.send();
  const junk = [...model.source.index].at(-1) ?? '';
  model.source.index.delete(junk);
  model.happen('forget', 0);
  model.happen('restart', 0);
  model.send();

  expect([...model.backend.index].filter((index) => model.mayRetire(index))).toEqual([junk]);
});

test('snapshots that were never complete here and that the source does not have are unproven, also after a restart', () => {
  const model = new Model();
  model.happen('backup', 0);
  model.backend.snapshots.add(idOf(99)); // of an adopted replica
  model.unsure.add(idOf(99));
  model.send();
  const forgotten = [...model.source.snapshots][0] ?? '';
  model.happen('backup', 0);
  model.send();
  model.source.snapshots.delete(forgotten);
  for (const isRestarted of [false, true]) {
    if (isRestarted) model.happen('restart', 0);
    model.look();
    const { unproven, complete } = known(model.facts).contents;
    expect([...(unproven?.entries() ?? [])].map(({ id }) => id)).toEqual([idOf(99)]);
    expect(complete?.has(idOf(99))).toBe(false);
    expect(complete?.has(forgotten)).toBe(true);
  }
});
