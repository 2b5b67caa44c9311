import { expect, test } from '@jest/globals';
import { script } from '../../../../src/kinds/script/kind.ts';

/** The keys that a script of these keys is refused for. */
function refused(...keys: string[]): string[] {
  const complaints: string[] = [];
  const check = script.backend?.check;
  check?.({ has: (key) => keys.includes(key), complainOf: (key) => void complaints.push(key) });
  return complaints;
}

test('a script whose work nobody can look at takes no key that speaks of it', () => {
  expect(refused('script', 'before', 'after', 'offline', 'maxLag')).toEqual([
    ...['before', 'after', 'offline', 'maxLag'],
  ]);
  expect(refused('script', 'verify', 'before', 'after', 'offline', 'maxLag')).toEqual([]);
});

test('free space is for the script to look at', () => {
  expect(refused('script', 'verify', 'minFree')).toEqual(['minFree']);
});
