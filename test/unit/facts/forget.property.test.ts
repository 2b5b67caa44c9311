import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UNKNOWN_CONTENTS } from '../../../src/facts/contents.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import { UNKNOWN_PLACE } from '../../../src/facts/place.ts';
import { chapters } from './chapters.ts';

test('forgetting a place resets its own facts and its contents, and nothing else', () => {
  const { place, contents, attempts, progress } = chapters;
  fc.assert(
    fc.property(fc.record({ place, contents, attempts, progress }), (drawn) => {
      const initial = initialBackend(7);
      const store = new FactStore(initialFacts('ahost', ['nas'], 7));
      store.replaceBackend('nas', {
        place: drawn.place,
        contents: { ...initial.contents, ...drawn.contents },
        attempts: { ...initial.attempts, ...drawn.attempts },
        progress: drawn.progress,
        disks: new Map([['away', initial]]),
      });
      const before = store.backend('nas');

      store.forgetPlace('nas');

      const forgotten = { place: UNKNOWN_PLACE, contents: UNKNOWN_CONTENTS };
      expect(store.backend('nas')).toEqual({ ...before, ...forgotten });
    }),
  );
});
