import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  canSyncFileSystem,
  syncFileSystem,
  syncFailuresOf,
} from '../../../../src/locations/directory/file-system-sync.ts';
import { within } from '../../../../src/locations/directory/io/open-place.ts';
import { place } from '../../../../src/locations/directory/io/place.ts';
import { mount } from '../../../support/bind-mount.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { unmountLazily } from '../../../support/mounts.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { describeWithTools } from '../../../support/tools.ts';

const { signal } = new AbortController();
const path = '/';
const searchPath = process.env['PATH'];
let tools = '';

beforeEach(() => {
  tools = temporaryDirectory();
  process.env['PATH'] = `${tools}:${searchPath ?? ''}`;
});
afterEach(() => {
  process.env['PATH'] = searchPath;
});

/** Lets `sync` answer so from now on. */
function answer(script: string): void {
  writeFileSync(join(tools, 'sync'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, 'sync'), 0o755);
}

test('a failure ends the batch, and every other one whose files were written before it', async () => {
  const device = 101;
  const failuresBefore = syncFailuresOf(device);
  answer('echo "sync: error syncing: Input/output error" >&2; exit 1');
  const failing = syncFileSystem({ path, device, failuresBefore }, signal);
  await expect(failing).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('Input/output error') as unknown,
  });

  answer('exit 0'); // the kernel has reported its error, and does so only once
  const innocent = syncFileSystem({ path, device, failuresBefore }, signal);
  await expect(innocent).rejects.toMatchObject({ reason: 'unreachable' });
});

test('later writes, and writes to another disk, are trusted again', async () => {
  const device = 102;
  answer('exit 1');
  const failing = syncFileSystem({ path, device, failuresBefore: 0 }, signal);
  await expect(failing).rejects.toThrow('did not reach the disk');

  answer('exit 0');
  await syncFileSystem({ path, device, failuresBefore: syncFailuresOf(device) }, signal);
  await syncFileSystem({ path, device: 103, failuresBefore: 0 }, signal);
});

test.each([
  ['knows -f', 'test "$1" = -f', true],
  ['does not', 'echo "sync: unrecognized option: f" >&2; exit 1', false],
])('a sync that %s', async (_, script, expected) => {
  answer(script);
  expect(await canSyncFileSystem(signal)).toBe(expected);
});

test('without a file system that can be synced as a whole, no such sync is requested', async () => {
  process.env['PATH'] = tools;
  expect(await canSyncFileSystem(signal)).toBe(false);
});

describeWithTools(['tmpfs'], 'a backend that is not all on one file system', () => {
  test('names no files on the other disk, whose sync was never tested', async () => {
    const root = temporaryDirectory();
    const data = join(root, 'data');
    mkdirSync(data);
    onCleanUp(() => unmountLazily(data));
    await mount(['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', data]);
    const from = 'temporary';
    writeFileSync(join(root, from), 'content');

    const moves = [{ from, to: 'data/ab/abcd' }];
    const placing = () => within(root, (there) => place(there, moves, 0o700));

    expect(placing).toThrow('EXDEV');
    expect(existsSync(join(data, 'ab/abcd'))).toBe(false);
    expect(readFileSync(join(root, from), 'utf8')).toBe('content');
  });
});
