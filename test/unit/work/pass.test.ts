import { expect, test } from '@jest/globals';
import type { Backend } from '../../../src/backends/backend.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';
import { Evaluation } from '../../../src/work/evaluation.ts';
import { BackendPass } from '../../../src/work/pass.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { CLOCK, OWNER, SOUND_CONTENT, TRAITS } from './sound-backend.ts';

const [FIRST, SECOND] = [idOf(1), idOf(2)];
const set = (...ids: string[]) => Catalogue.from(ids.map((id) => [id, 5]));

/** A pass over a backend that is complete except for the given snapshots. */
function makePass() {
  const known = initialFacts('ahost', ['nas'], 0);
  const contents = { ...known.source.contents, snapshots: set(FIRST, SECOND) };
  const store = new FactStore({ ...known, source: { ...known.source, contents } });
  const there = { snapshots: EMPTY_CATALOGUE };
  const backend: Backend = {
    owner: OWNER,
    isRemote: false,
    readable: undefined,
    known: {
      ...SOUND_CONTENT,
      get objects() {
        return { ...NO_OBJECTS, snapshots: there.snapshots };
      },
      get visible() {
        return there.snapshots;
      },
    },
    inspect: () => Promise.reject(new Error('not asked for')),
    accepts: () => Promise.resolve(false),
  };
  const place = { config: { name: 'nas', traits: TRAITS }, store, clock: CLOCK, backend };
  const evaluation = new Evaluation({ ...place, log: SILENT_LOG });
  const worker = { ...place, evaluation, onStep: () => undefined };
  const signal = new AbortController().signal;
  const pass = new BackendPass(worker, { signal, cause: 'schedule' });
  pass.inspected({ place: { markerId: 'disk', since: 0 }, hasDisks: true });
  return { pass, store, there };
}

/** Every step that can change the content is followed by an evaluation. */
test.each<[string, (pass: BackendPass) => void]>([
  ['a look', (pass) => pass.inspected({ place: { markerId: 'disk' }, hasDisks: true })],
  ['a plan', (pass) => pass.planned({ objects: 1 })],
  ['what was placed', (pass) => pass.placed({ ...NO_OBJECTS, snapshots: set(FIRST) })],
  ['the end', (pass) => void pass.end()],
])('%s shows in the facts what is complete and owed', (_what, step) => {
  const { pass, store, there } = makePass();
  expect(store.backend('nas').contents).toMatchObject({ objects: 0, missing: { size: 2 } });

  there.snapshots = set(FIRST);
  step(pass);

  const { objects, complete, missing } = store.backend('nas').contents;
  expect(objects).toBe(1);
  expect([complete?.count, complete?.has(FIRST)]).toEqual([1, true]);
  expect([...(missing?.keys() ?? [])]).toEqual([SECOND]);
});
