import { expect, test } from '@jest/globals';
import { passwordVariables, type PasswordSource } from '../../../src/restic/password.ts';

const { signal } = new AbortController();
const { PATH } = process.env;

function variables(source: PasswordSource, env: NodeJS.ProcessEnv = {}) {
  return passwordVariables(source, { env: { PATH, ...env }, signal });
}

function printing(script: string): PasswordSource {
  return { command: ['/bin/sh', '-c', script] };
}

test('restic opens the file itself', async () => {
  expect(await variables({ file: '/etc/secret' })).toEqual({ RESTIC_PASSWORD_FILE: '/etc/secret' });
});

test('a variable of the environment', async () => {
  expect(await variables({ env: 'A' }, { A: ' with space ' })).toEqual({
    RESTIC_PASSWORD: ' with space ',
  });
  await expect(variables({ env: 'A' }, { A: '' })).rejects.toMatchObject({
    problem: 'password',
    message: 'the environment variable A is not set',
  });
});

test('what a program prints, which sees only a part of the environment', async () => {
  const source = printing('echo "  secret$TOKEN"; echo noise >&2');
  expect(await variables(source, { TOKEN: 'x' })).toEqual({ RESTIC_PASSWORD: 'secret' });
});

test.each([
  ['exit 3', 'exited with 3'],
  ['true', 'printed no password'],
  ['kill -9 $$', 'exited with a signal'],
  ['head -c 70000 /dev/zero', 'printed more than a password'],
])('a program that does "%s"', async (script, message) => {
  await expect(variables(printing(script))).rejects.toMatchObject({
    problem: 'password',
    message: expect.stringContaining(message),
  });
});

test('an error does not repeat what the program printed', async () => {
  await expect(variables(printing('echo secret; exit 1'))).rejects.not.toMatchObject({
    message: expect.stringContaining('secret'),
  });
});

test('a program that does not exist', async () => {
  await expect(variables({ command: ['/nonexistent/x'] })).rejects.toMatchObject({
    message: '/nonexistent/x does not exist, or cannot be run',
  });
});

test('a program that is still running when the signal fires', async () => {
  const stop = AbortSignal.timeout(50);
  await expect(
    passwordVariables(printing('sleep 60'), { env: { PATH }, signal: stop }),
  ).rejects.toMatchObject({ name: 'AbortError' });
});
