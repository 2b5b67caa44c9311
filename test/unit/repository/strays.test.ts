import { expect, test } from '@jest/globals';
import { addForeign, foreignAmong, isTemporary } from '../../../src/repository/strays.ts';
import { idOf } from '../../arbitraries/ids.ts';

test.each([
  [`${idOf(1)}-tmp-123`, true],
  [`${idOf(1)}.rest-server-temp456`, true],
  [`${idOf(1)}.1a2b3c4d.partial`, true],
  [`.${idOf(1)}.Xy12Zw`, true],
  ['.DS_Store', true],
  ['@eaDir', true],
  [idOf(1).toUpperCase(), false],
  [idOf(1), false],
  ['README_TO_DECRYPT.txt', false],
])('%s is a temporary file or one of an operating system: %s', (name, expected) => {
  expect(isTemporary(name)).toBe(expected);
});

test('foreign files are counted, and the first twenty are named', () => {
  const names = Array.from({ length: 30 }, (_, n) => `file${n}`);
  const found = foreignAmong('data/00', [...names, '.DS_Store']);
  expect(found).toEqual({ count: 30, names: names.slice(0, 20).map((name) => `data/00/${name}`) });
  expect(addForeign([found, foreignAmong('index', ['x'])])).toEqual({ ...found, count: 31 });
});
