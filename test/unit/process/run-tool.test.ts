import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allowedEnvironment, runTool } from '../../../src/process/run-tool.ts';
import { identifyProcess } from '../../../src/runtime/process-identity.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';

const { signal } = new AbortController();

test('a tool answers with its exit status and what it wrote', async () => {
  const result = await runTool('sh', ['-c', 'echo out; echo err >&2; exit 4'], {
    timeoutMs: 10_000,
    signal,
  });
  expect(result).toEqual({ exitCode: 4, stdout: 'out', stderr: 'err' });
});

test('a tool that is not there has no exit status', async () => {
  const result = await runTool('no-such-tool', [], { timeoutMs: 10_000, signal });
  expect(result.exitCode).toBeUndefined();
  expect(result.isGivenUp).toBeUndefined();
});

test('a tool that writes without end is ended', async () => {
  const { exitCode, stdout } = await runTool('yes', [], { timeoutMs: 10_000, signal });
  expect(exitCode).not.toBe(0);
  expect(stdout.length).toBeLessThanOrEqual(1_000_000);
});

test.each(['its deadline has passed', 'it was cancelled'])(
  'a tool is given up, and not waited for, when %s',
  async (why) => {
    const controller = new AbortController();
    const timeoutMs = why === 'its deadline has passed' ? 100 : 600_000;
    if (timeoutMs > 100) setTimeout(() => controller.abort(), 100);
    const running = join(temporaryDirectory(), 'running');
    const text = `trap "" TERM; echo $$ > ${running}; sleep 1; rm ${running}`;
    const result = await runTool('sh', ['-c', text], { timeoutMs, signal: controller.signal });
    expect(result).toMatchObject({ exitCode: undefined, isGivenUp: true });
    const pid = Number(readFileSync(running, 'utf8'));
    await waitFor(() => identifyProcess(pid) === undefined, { what: 'the end of the tool' });
    await sleep(50); // until execa has noticed
  },
);

test('only the variables that tools need are passed on', () => {
  const env = { PATH: '/bin', LC_ALL: 'C', RESTIC_PASSWORD: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
  expect(allowedEnvironment(env)).toEqual({ PATH: '/bin', LC_ALL: 'C' });
});
