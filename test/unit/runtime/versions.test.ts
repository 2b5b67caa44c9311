import { expect, test } from '@jest/globals';
import { isOlder, newerSchemaIn } from '../../../src/runtime/versions.ts';

test.each([
  ['0.9.3', '0.10.0', true],
  ['0.10.0', '0.9.3', false],
  ['1.0', '1.0.0', false],
  ['1.0', '1.0.1', true],
  ['2', '1.9', false],
  ['1.2.3-beta', '1.2.3', false],
  ['', '0.1.0', true],
])('%s is older than %s: %s', (version, other, is) => {
  expect(isOlder(version, other)).toBe(is);
});

test('only a number above what is known is a newer schema', () => {
  const schemas = [2, 1, 0, 1.5, '2', null, undefined].map((schemaVersion) => ({ schemaVersion }));
  expect(schemas.map((json) => newerSchemaIn(json, 1))).toEqual([
    ...[2, undefined, undefined, 1.5],
    ...[undefined, undefined, undefined],
  ]);
  for (const json of [null, undefined, [], 'text', 7])
    expect(newerSchemaIn(json, 1)).toBe(undefined);
});
