import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SHARES, shareOf } from '../../../../src/locations/directory/rotation.ts';

test('after eight turns, from any turn on, everything was looked at, each thing once', () => {
  fc.assert(
    fc.property(fc.nat(600), fc.nat(1_000_000), (count, first) => {
      const all = Array.from({ length: count }, (_, i) => i);
      const looked = Array.from({ length: SHARES }, (_, turn) => {
        const { start, end } = shareOf(count, first + turn);
        return all.slice(start, end);
      });
      expect(looked.flat().sort((a, b) => a - b)).toEqual(all);
    }),
  );
});

test('shares are of about the same size', () => {
  fc.assert(
    fc.property(fc.nat(600), fc.nat(1_000), (count, turn) => {
      const { start, end } = shareOf(count, turn);
      expect(Math.abs(end - start - count / SHARES)).toBeLessThan(1);
    }),
  );
});
