import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import type { ReadResult } from '../../../src/config/read-files.ts';
import { watchConfig, type WatchOptions } from '../../../src/config/watch.ts';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';

let root: string;
let file: string;
/** The content of `clients/a.yaml` at each call. */
let told: (string | undefined)[];

beforeEach(() => {
  root = temporaryDirectory();
  mkdirSync(join(root, 'clients'));
  file = join(root, 'clients/a.yaml');
  told = [];
});

function start(options: Partial<WatchOptions> = {}): { stop: () => Promise<void> } {
  const controller = new AbortController();
  const running = watchConfig(root, {
    files: DIRECT_FILES,
    pollMs: 2,
    settleMs: 20,
    signal: controller.signal,
    onChange: ({ files }: ReadResult) => void told.push(files[0]?.text),
    ...options,
  });
  const stop = async () => {
    controller.abort();
    await running;
  };
  onCleanUp(stop);
  return { stop };
}

async function until(count: number): Promise<void> {
  await waitFor(() => told.length >= count, { what: `${count} calls`, intervalMs: 2 });
}

test('a file written, replaced by renaming, and removed: one call each; others: none', async () => {
  start();
  await until(1);

  writeFileSync(join(root, 'other.txt'), '');
  writeFileSync(join(root, 'clients/.a.yaml.swp'), '');
  writeFileSync(file, '1');
  await until(2);

  writeFileSync(`${file}~`, '2');
  renameSync(`${file}~`, file);
  await until(3);

  rmSync(file);
  await until(4);
  expect(told).toEqual([undefined, '1', '2', undefined]);
});

test('a file that is still being written is not used until it stops changing', async () => {
  writeFileSync(file, 'whole');
  let reads = 0;
  const halves = ['ha', 'half', 'half of', 'whole again'];
  const files: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) => {
      const result = await DIRECT_FILES.call(operation, args);
      // its writer goes on between two reads
      if (operation === 'read' && told.length === 1)
        writeFileSync(file, halves[reads++] ?? 'whole again');
      return result;
    },
  };
  start({ files });
  await until(1);

  writeFileSync(file, 'h');
  await until(2);

  expect(told).toEqual(['whole', 'whole again']);
});

test('all files are read from time to time even if nothing seems to have changed', async () => {
  const files: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) =>
      operation === 'stamps' ? ('same' as never) : DIRECT_FILES.call(operation, args),
  };
  start({ files, rereadMs: 30 });
  await until(1);
  writeFileSync(file, '1');
  await until(2);
  expect(told).toEqual([undefined, '1']);
});

test('a directory that does not respond is reported, and read again when it does', async () => {
  writeFileSync(file, '1');
  let isHung = false;
  const files: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) => {
      if (isHung) throw Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
      return DIRECT_FILES.call(operation, args);
    },
  };
  const problems: string[] = [];
  start({
    files,
    onChange: (read) => {
      problems.push(read.problems.map(({ message }) => message).join());
      told.push(read.files[0]?.text);
    },
  });
  await until(1);
  isHung = true;
  await until(2);
  isHung = false;
  await until(3);
  expect(told).toEqual(['1', undefined, '1']);
  expect(problems[1]).toContain('its file system seems to hang');
});

test('an error of onChange ends the watch', async () => {
  const running = watchConfig(root, {
    files: DIRECT_FILES,
    settleMs: 1,
    signal: new AbortController().signal,
    onChange: () => {
      throw new Error('no');
    },
  });

  await expect(running).rejects.toThrow('no');
});
