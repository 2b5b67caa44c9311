import { expect, test } from '@jest/globals';
import { FactStore } from '../../../src/client/fact-store.ts';
import { initialFacts } from '../../../src/report/initial-facts.ts';

const makeStore = () => new FactStore(initialFacts('ahost', ['nas'], 0));

test('what is known already leaves the very same facts: whatever was made of them still holds', () => {
  const store = makeStore();
  const before = store.facts;
  store.updateBackend('nas', { state: store.backend('nas').state, trouble: undefined });
  expect(store.facts).toBe(before);
});

test('what is new, or known no longer, makes new ones', () => {
  const store = makeStore();
  store.updateBackend('nas', { pendingObjects: 1 });
  const before = store.facts;
  store.updateBackend('nas', { pendingObjects: undefined });
  expect(store.facts).not.toBe(before);
  expect(store.backend('nas').pendingObjects).toBeUndefined();
});
