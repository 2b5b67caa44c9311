import { expect, test } from '@jest/globals';
import { Syncd } from '../../../support/syncd.ts';

test.each(['bash', 'zsh', 'fish'])(
  'completion %s prints a script that asks the program',
  async (shell) => {
    const { code, stdout } = await new Syncd().here(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ complete -- /);
  },
);

test('completion of another shell is a usage error', async () => {
  expect(await new Syncd().here(['completion', 'tcsh'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('bash, zsh, fish') as unknown,
  });
});
