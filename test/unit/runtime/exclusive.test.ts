import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exclusively } from '../../../src/runtime/exclusive.ts';
import { identifyProcess } from '../../../src/runtime/process-identity.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory } from '../../support/temp.ts';

function lockIn(directory: string): { lock: string; what: string } {
  return { lock: join(directory, '.x.lock'), what: 'x' };
}

/** A lock that another process has. */
async function heldByOther(): Promise<{ directory: string; kill: () => Promise<void> }> {
  const directory = temporaryDirectory();
  const child = spawn('sleep', ['1000']);
  await once(child, 'spawn');
  const kill = async () => {
    const exited = once(child, 'exit');
    if (child.kill('SIGKILL')) await exited;
  };
  onCleanUp(kill);
  symlinkSync(JSON.stringify(identifyProcess(child.pid ?? -1)), lockIn(directory).lock);
  return { directory, kill };
}

test('changes with one lock run one after the other, and leave nothing', async () => {
  const directory = temporaryDirectory();
  let running = 0;
  const change = async (isHeld: () => boolean) => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isHeld()).toBe(true);
    running -= 1;
  };

  await Promise.all([1, 2, 3, 4].map(() => exclusively(lockIn(directory), change)));

  await expect(
    exclusively(lockIn(directory), () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  expect(readdirSync(directory)).toEqual([]);
});

test('the lock of a killed process is taken over, and not that of one that runs', async () => {
  const { directory, kill } = await heldByOther();
  await expect(exclusively(lockIn(directory), () => Promise.resolve())).rejects.toMatchObject({
    why: 'busy',
    message: 'another command is changing x',
    hint: expect.stringContaining(`remove ${directory}/.x.lock`) as unknown,
  });

  await kill();

  expect(await exclusively(lockIn(directory), () => Promise.resolve('done'))).toBe('done');
  expect(readdirSync(directory)).toEqual([]);
});

test('where no lock can be made, the error does not show what would be in it', async () => {
  const lock = join(temporaryDirectory(), 'none/.x.lock');

  await expect(exclusively({ lock, what: 'x' }, () => Promise.resolve())).rejects.toThrow(
    `ENOENT: no such file or directory, symlink '${lock}'`,
  );
});
