import { expect, test } from '@jest/globals';
import type { Backend } from '../../../src/backends/backend.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { Evaluation } from '../../../src/work/evaluation.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { CLOCK, OWNER, SOUND_CONTENT, TRAITS } from './sound-backend.ts';

const [AT_SOURCE, ELSEWHERE] = [idOf(1), idOf(2)];
const set = (...ids: string[]) => Catalogue.from(ids.map((id) => [id, 5]));

test('a snapshot that is there, not at the source, and not known to be complete is unproven', () => {
  const facts = initialFacts('ahost', ['nas'], 0);
  const contents = { ...facts.source.contents, snapshots: set(AT_SOURCE) };
  const store = new FactStore({ ...facts, source: { ...facts.source, contents } });
  const known: Backend['known'] = {
    ...SOUND_CONTENT,
    visible: set(AT_SOURCE),
    objects: { ...NO_OBJECTS, snapshots: set(AT_SOURCE, ELSEWHERE) },
  };
  const evaluation = new Evaluation({
    store,
    log: SILENT_LOG,
    config: { traits: TRAITS },
    backend: { owner: OWNER, known } as Backend,
    clock: CLOCK,
  });

  evaluation.found({ place: { markerId: 'disk', since: 0 }, hasDisks: true });

  const { unproven } = store.backend('nas').contents;
  expect([...(unproven?.entries() ?? [])].map(({ id }) => id)).toEqual([ELSEWHERE]);
});
