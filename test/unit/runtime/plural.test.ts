import { describe, expect, test } from '@jest/globals';
import { agree, plural } from '../../../src/runtime/plural.ts';

describe('a number and its noun', () => {
  test.each([
    [0, '0 objects'],
    [1, '1 object'],
    [2, '2 objects'],
    [999, '999 objects'],
    [12_345, '12,345 objects'],
    [1_234_567, '1,234,567 objects'],
  ])('%d', (count, text) => {
    expect(plural(count, 'object')).toBe(text);
  });

  test('a noun with an irregular plural', () => {
    expect([1, 4].map((count) => plural(count, 'copy', 'copies'))).toEqual(['1 copy', '4 copies']);
  });

  test('the verb agrees with the number', () => {
    expect([0, 1, 2].map((count) => agree(count, 'is', 'are'))).toEqual(['are', 'is', 'are']);
  });
});
