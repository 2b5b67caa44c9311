import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { describeWithTools, generations, pathWith, projectDirectory } from '../support/tools.ts';

/** `[l]`, `type = local`, encrypted by rclone. */
const configFile = join(projectDirectory, 'test/fixtures/rclone-encrypted.conf');
const PASSWORD = 'secretpw';
const LISTING = { signal: new AbortController().signal, care: 'full' } as const;

for (const generation of generations)
  describeWithTools([`${generation}/rclone`], `an encrypted rclone.conf, ${generation}`, () => {
    const listWith = async (given: Readonly<Record<string, string>>) => {
      const env = { PATH: pathWith(generation), ...given };
      const remote = `l:${join(projectDirectory, 'test/fixtures')}`;
      const place = new RcloneLocation({ remote, configFile, role: 'backend', env });
      return (await place.list('keys', LISTING)).objects.count;
    };

    test.each([
      ['no password', {}],
      ['a wrong password', { RCLONE_CONFIG_PASS: 'wrong' }],
    ])('with %s it is named as what is wrong', async (_what, given) => {
      await expect(listWith(given)).rejects.toMatchObject({
        reason: 'auth',
        hint: expect.stringContaining('RCLONE_CONFIG_PASS'),
      });
    });

    test.each([
      ['the password', { RCLONE_CONFIG_PASS: PASSWORD }],
      ['a program that prints it', { RCLONE_PASSWORD_COMMAND: `echo ${PASSWORD}` }],
    ])('with %s it is used', async (_what, given) => {
      expect(await listWith(given)).toBe(0);
    });
  });
