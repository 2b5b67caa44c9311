import fc from 'fast-check';

const digits = '0123456789abcdef'.split('');

/** A well-formed object id; many of them share their first digits, so that comparisons must look further. */
export const objectId: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('00', '01', 'ab', 'ff'),
    fc.constantFrom('0000000000', 'ffffffffff', '0123456789'),
    fc.constantFrom(...digits),
  )
  .map(([first, middle, last]) => `${first}${middle}`.padEnd(63, '7') + last);

/** A size of an object; undefined where only its name was listed. */
export const knownOrNot: fc.Arbitrary<number | undefined> = fc.option(fc.nat(3), {
  nil: undefined,
});

/** The n-th of a series of distinct ids. */
export function idOf(n: number): string {
  return n.toString(16).padStart(4, '0').repeat(16);
}
