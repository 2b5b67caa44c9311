import { expect, test } from '@jest/globals';
import { foldAlike } from '../../../src/config/problem.ts';
import type { ConfigProblem } from '../../../src/config/types.ts';

function at(line: number, message: string, severity?: 'warning'): ConfigProblem {
  const where = { file: 'backup-syncd.yaml', line, column: 1, key: 'defaults' };
  return { ...where, message, ...(severity !== undefined && { severity }) };
}

test('the same problem of several clients is one line, with how many more there are', () => {
  const missing = (client: string) => at(7, `"/nas/${client}" does not exist`, 'warning');
  const others = [at(7, '"/nas/x" is a file', 'warning'), at(8, '"/nas/y" does not exist')];

  expect(foldAlike([missing('a'), ...others, missing('b'), missing('c')])).toEqual([
    at(7, '"/nas/a" does not exist (and 2 more like this)', 'warning'),
    ...others,
  ]);
});

test('a problem that occurs once stays as it is', () => {
  expect(foldAlike([at(1, 'x'), at(2, 'x')])).toEqual([at(1, 'x'), at(2, 'x')]);
});
