import { expect, test } from '@jest/globals';
import { relationOf } from '../../../src/backends/apart.ts';

const SOURCE = { root: '1:10', above: ['1:5', '1:2'], config: '1:11' };

test.each([
  ['is', { root: '1:10', above: ['7:3'], config: undefined }],
  ['lies inside', { root: '1:20', above: ['1:10', '7:3'], config: undefined }],
  ['lies inside', { root: undefined, above: ['7:8', '1:10'], config: undefined }],
  ['contains', { root: '1:5', above: ['7:3'], config: undefined }],
  ['shares the file config with', { root: '1:30', above: ['7:3'], config: '1:11' }],
  [undefined, { root: '1:30', above: ['1:5', '1:2'], config: '1:12' }],
  [undefined, { root: undefined, above: ['1:2'], config: undefined }],
])('%s', (relation, target) => {
  expect(relationOf(SOURCE, target)).toBe(relation);
});

test('two missing places are unrelated', () => {
  const nothing = { root: undefined, above: [], config: undefined };
  expect(relationOf(nothing, nothing)).toBeUndefined();
});
