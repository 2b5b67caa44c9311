import { expect, test } from '@jest/globals';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';

const makeStore = () => new FactStore(initialFacts('ahost', ['nas'], 0));

test('writing known values leaves the same facts object, so derived values stay valid', () => {
  const store = makeStore();
  const before = store.facts;
  const { state } = store.backend('nas').attempts;
  store.updateBackend('nas', 'attempts', { state, trouble: undefined });
  expect(store.facts).toBe(before);
});

test('a new or removed value makes new facts', () => {
  const store = makeStore();
  store.updateBackend('nas', 'progress', { pendingObjects: 1 });
  const before = store.facts;
  store.updateBackend('nas', 'progress', { pendingObjects: undefined });
  expect(store.facts).not.toBe(before);
  expect(store.backend('nas').progress.pendingObjects).toBeUndefined();
});
