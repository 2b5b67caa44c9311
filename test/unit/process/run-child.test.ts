import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { startChild, startFailure, type ChildOptions } from '../../../src/process/run-child.ts';
import { identifyProcess } from '../../../src/runtime/process-identity.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { startProcess } from '../../support/process.ts';
import { waitFor } from '../../support/temp.ts';

const RUN_CHILD = join(import.meta.dirname, '../../../src/process/run-child.ts');
const { PATH = '' } = process.env;

/** A shell, with what it writes. What it writes to standard output is a sign of life. */
async function shell(text: string, options: Partial<ChildOptions> = {}) {
  const said: string[] = [];
  const written: Buffer[] = [];
  const child = await startChild('sh', ['-c', text], {
    env: { PATH },
    silenceMs: 60_000,
    signal: new AbortController().signal,
    onStdout: (chunk) => {
      written.push(chunk);
      child.alive();
    },
    onStderr: (chunk) => said.push(...chunk.toString().trim().split('\n')),
    ...options,
  });
  return { ...child, said, stdout: () => Buffer.concat(written).toString() };
}

describe('input and output of a child', () => {
  test('its environment, its input, and its output', async () => {
    const env = { PATH, GREETING: 'hello' };
    const input = ' world';
    const child = await shell('printf %s "$GREETING"; cat; echo heard >&2; exit 3; env', {
      env,
      input,
    });
    expect(await child.ended).toEqual({ exitCode: 3, isSilent: false });
    expect(child.stdout()).toBe('hello world');
    expect(child.said).toEqual(['heard']);
  });

  test('nothing that this process has in its environment', async () => {
    process.env['A_SECRET'] = 'x';
    const child = await shell('env');
    await child.ended;
    delete process.env['A_SECRET'];
    const names = child
      .stdout()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['PATH', 'BACKUP_SYNCD_CHILD']));
    expect(names).not.toContain('A_SECRET');
  });

  test('a child that does not read its input still ends normally', async () => {
    const child = await shell('exit 5', { input: 'x'.repeat(1_000_000) });
    expect(await child.ended).toMatchObject({ exitCode: 5, isSilent: false });
  });
});

describe('a child that takes long', () => {
  test('may take longer than a timer of Node can wait', async () => {
    const child = await shell('sleep 0.2', { silenceMs: 2 ** 40 });
    expect(await child.ended).toMatchObject({ exitCode: 0, isSilent: false });
  });

  test('and is stopped in the meantime gets its signal at once', async () => {
    const child = await shell('trap "echo bye; exit" TERM; kill -STOP $$; sleep 60', {
      silenceMs: 300,
    });
    expect(await child.ended).toMatchObject({ isSilent: true });
    expect(child.stdout()).toBe('bye\n');
  });
});

describe('a program that cannot be started', () => {
  test('answers as a shell does, and with the reason', async () => {
    const { signal } = new AbortController();
    const { ended } = await startChild('/no/such/program', [], {
      env: { PATH },
      silenceMs: 60_000,
      signal,
      isForeign: true,
      onStdout: () => undefined,
      onStderr: () => undefined,
    });
    expect((await ended).exitCode).toBe(127);
  });

  test.each([
    ['EAGAIN', /TasksMax/],
    ['EMFILE', /files/],
  ])('for a limit of this machine (%s) is said with the limit to raise', (notStarted, hint) => {
    const result = { exitCode: 127, isSilent: false, notStarted };
    expect(startFailure('rclone', result)).toMatchObject({
      reason: 'tool',
      message: `rclone cannot be started: ${notStarted}`,
      hint: expect.stringMatching(hint),
    });
  });

  test('for any other reason does not mention limits', () => {
    const result = { exitCode: 127, isSilent: false };
    expect(startFailure('rclone', { ...result, notStarted: 'ENOENT' })).toBeUndefined();
    expect(startFailure('rclone', result)).toBeUndefined();
  });
});

describe('the end of a child', () => {
  test('comes when the child is silent', async () => {
    const child = await shell('exec sleep 600', { silenceMs: 50 });
    expect(await child.ended).toMatchObject({ exitCode: undefined, isSilent: true });
  });

  test('does not come while the child shows activity', async () => {
    const child = await shell('for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done', {
      silenceMs: 400,
    });
    expect(await child.ended).toMatchObject({ exitCode: 0, isSilent: false });
  });

  test.each([
    ['SIGTERM', false],
    ['SIGINT', true],
  ])('is asked for by %s, to which it may answer (foreign: %s)', async (name, isForeign) => {
    const controller = new AbortController();
    const text = `trap 'echo ${name} >&2; exit' ${name.slice(3)}; echo ready >&2; while :; do sleep 0.05; done`;
    const child = await shell(text, { signal: controller.signal, isForeign });
    await waitFor(() => child.said.includes('ready'), { what: 'the child' });
    controller.abort();
    expect((await child.ended).exitCode).toBeUndefined();
    expect(child.said).toContain(name);
  });

  test('is forced when the child does not react', async () => {
    const controller = new AbortController();
    const text = `trap '' TERM; echo $$ >&2; while :; do sleep 0.05; done`;
    const child = await shell(text, { signal: controller.signal });
    await waitFor(() => child.said.length > 0, { what: 'the child' });
    const startedAt = performance.now();
    controller.abort();
    expect((await child.ended).exitCode).toBeUndefined();
    expect(performance.now() - startedAt).toBeGreaterThan(4_500);
    expect(identifyProcess(Number(child.said[0]))).toBeUndefined();
  }, 20_000);

  test('comes even if the parent is killed, for children in other process groups', async () => {
    const program = `
      import { startChild } from ${JSON.stringify(RUN_CHILD)};
      const { signal } = new AbortController();
      const text = 'setsid sleep 600 & echo $!; wait';
      void startChild('sh', ['-c', text], {
        env: { PATH: process.env.PATH }, silenceMs: 60_000, signal, isForeign: true,
        onStdout: (chunk) => process.stdout.write(chunk),
        onStderr: () => undefined,
      });`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', program];
    const parent = startProcess(process.execPath, args, { cwd: import.meta.dirname });
    const pid = Number(await parent.waitForLine(/^\d+$/));
    onCleanUp(() => endQuietly(pid));
    parent.kill('SIGKILL');
    await waitFor(() => identifyProcess(pid) === undefined, {
      what: 'the end of what it has started',
    });
  });
});

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
