import { expect, test } from '@jest/globals';
import { script } from '../../../../src/kinds/script/kind.ts';

/** The keys that a script of these keys is refused for. */
function refused(...keys: string[]): string[] {
  const complaints: string[] = [];
  const check = script.backend?.check;
  check?.({ has: (key) => keys.includes(key), addProblem: (key) => void complaints.push(key) });
  return complaints;
}

test('a script that cannot be verified accepts no key that needs verification', () => {
  expect(refused('script', 'before', 'after', 'offline', 'maxLag')).toEqual([
    ...['before', 'after', 'offline', 'maxLag'],
  ]);
  expect(refused('script', 'verify', 'before', 'after', 'offline', 'maxLag')).toEqual([]);
});

test('free space is left to the script', () => {
  expect(refused('script', 'verify', 'minFree')).toEqual(['minFree']);
});
