import { expect, test } from '@jest/globals';
import { asExitError, ExitError } from '../../../src/cli/exit-error.ts';
import { SyncdError, UnavailableError } from '../../../src/runtime/errors.ts';

test.each([
  ['unavailable', 69],
  ['busy', 75],
  ['configuration', 78],
] as const)('what is %s ends the program with %d', (why, exitCode) => {
  const error = asExitError(new UnavailableError(why, 'no room', 'make some'));

  expect(error).toMatchObject({ exitCode, message: 'no room', hint: 'make some', details: [] });
});

test('an error with an exit code keeps it, and any other one has none', () => {
  const error = new ExitError(1, 'failed');

  expect(asExitError(error)).toBe(error);
  expect(asExitError(new SyncdError('internal', 'a defect'))).toBeUndefined();
  expect(asExitError('a text')).toBeUndefined();
});
