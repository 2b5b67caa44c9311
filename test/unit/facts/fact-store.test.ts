import { expect, test } from '@jest/globals';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';

const makeStore = () => new FactStore(initialFacts('ahost', ['nas'], 0));

test('what is known already leaves the very same facts: whatever was made of them still holds', () => {
  const store = makeStore();
  const before = store.facts;
  const { state } = store.backend('nas').attempts;
  store.updateBackend('nas', 'attempts', { state, trouble: undefined });
  expect(store.facts).toBe(before);
});

test('what is new, or known no longer, makes new ones', () => {
  const store = makeStore();
  store.updateBackend('nas', 'progress', { pendingObjects: 1 });
  const before = store.facts;
  store.updateBackend('nas', 'progress', { pendingObjects: undefined });
  expect(store.facts).not.toBe(before);
  expect(store.backend('nas').progress.pendingObjects).toBeUndefined();
});
