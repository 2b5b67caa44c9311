import { expect, test } from '@jest/globals';
import type { Backend } from '../../../src/backends/backend.ts';
import { NO_STRAYS } from '../../../src/backends/list-objects.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { Evaluation } from '../../../src/work/evaluation.ts';
import { idOf } from '../../arbitraries/ids.ts';

const [AT_SOURCE, ELSEWHERE] = [idOf(1), idOf(2)];
const set = (...ids: string[]) => Catalogue.from(ids.map((id) => [id, 5]));

test('a snapshot that is there, not at the source, and not known to be complete is unproven', () => {
  const facts = initialFacts('ahost', ['nas'], 0);
  const contents = { ...facts.source.contents, snapshots: set(AT_SOURCE) };
  const store = new FactStore({ ...facts, source: { ...facts.source, contents } });
  const known: Backend['known'] = {
    isDamaged: false,
    lost: NO_OBJECTS,
    lostUnnamed: 0,
    held: undefined,
    baselineAt: 1,
    strays: NO_STRAYS,
    visible: set(AT_SOURCE),
    objects: { ...NO_OBJECTS, snapshots: set(AT_SOURCE, ELSEWHERE) },
  };
  const owner = { client: 'ahost', backend: 'nas', writer: 'here' };
  const traits = { countsAsCopy: true, hasMarker: true, isRunContact: false, mayDelete: false };
  const evaluation = new Evaluation({
    store,
    log: SILENT_LOG,
    config: { traits },
    backend: { owner, known } as Backend,
    clock: { now: () => 9, elapsedMs: () => 0, random: () => 0 },
  });

  evaluation.found({ place: { markerId: 'disk', since: 0 }, hasDisks: true });

  const { unproven } = store.backend('nas').contents;
  expect([...(unproven?.entries() ?? [])].map(({ id }) => id)).toEqual([ELSEWHERE]);
});
