import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { watchConfig } from '../../../src/config/watch.ts';

let root: string;
let stop: AbortController;
let calls: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'watch-'));
  await mkdir(join(root, 'clients'));
  stop = new AbortController();
  calls = 0;
});
afterEach(async () => rm(root, { recursive: true }));

function start(rereadMs: number): Promise<void> {
  const onChange = (): void => void (calls += 1);
  return watchConfig(root, { onChange, debounceMs: 50, rereadMs, signal: stop.signal });
}

async function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(count: number): Promise<void> {
  for (let turn = 0; turn < 100 && calls < count; turn += 1) await sleep(20);
}

test('a file written, replaced by renaming, and removed: one call each; others: none', async () => {
  const file = join(root, 'clients/a.yaml');
  const running = start(60_000);
  await sleep(200);

  await writeFile(join(root, 'other.txt'), '');
  await writeFile(join(root, 'clients/.a.yaml.swp'), '');
  await sleep(200);
  expect(calls).toBe(0);

  await writeFile(file, '1');
  await writeFile(file, '2');
  await until(1);
  await sleep(200);
  expect(calls).toBe(1);

  await writeFile(`${file}~`, '3');
  await rename(`${file}~`, file);
  await until(2);
  expect(calls).toBe(2);
  await sleep(200);

  await rm(file);
  await until(3);
  expect(calls).toBe(3);

  stop.abort();
  await running;
});

test('it looks again even when no event comes, and stops at once', async () => {
  const running = start(30);
  await until(2);
  expect(calls).toBeGreaterThanOrEqual(2);

  stop.abort();
  await running;
});

test('what onChange throws ends the watching', async () => {
  const running = watchConfig(root, {
    onChange: () => {
      throw new Error('no');
    },
    debounceMs: 10,
    rereadMs: 10,
    signal: stop.signal,
  });

  await expect(running).rejects.toThrow('no');
});
