import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { launchChromium } from '../support/chromium.ts';
import { mountPassthrough } from '../support/fuse.ts';
import { isMounted } from '../support/mounts.ts';
import { runProcess, startProcess } from '../support/process.ts';
import { changeTree, createTree, treeDifferences, treesEqual } from '../support/sample-data.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { describeWithTools } from '../support/tools.ts';

describe('sample data', () => {
  test('is the same for the same seed, and changes are seen', async () => {
    const [a, b] = [temporaryDirectory(), temporaryDirectory()];
    createTree(a);
    createTree(b);
    expect(await treeDifferences(a, b)).toEqual([]);
    changeTree(b);
    expect(await treesEqual(a, b)).toBe(false);
    changeTree(a);
    expect(await treeDifferences(a, b)).toEqual([]);
  });
});

describe('waiting', () => {
  test('says what it waited for, and what was there instead', async () => {
    const waiting = waitFor(() => false, { what: 'a miracle', timeoutMs: 100 });
    await expect(waiting).rejects.toThrow('waited 100 ms for a miracle; in the end it was false');
  });

  test('free ports differ from those in use', async () => {
    expect(await freePort()).toBeGreaterThan(1023);
  });
});

describe('processes', () => {
  test('waits for a line, and stops the whole group', async () => {
    const running = startProcess('sh', ['-c', 'sleep 300 & echo child=$!; wait']);
    const child = Number((await running.waitForLine(/child=/)).replace('child=', ''));
    expect(() => process.kill(child, 0)).not.toThrow();
    await running.stop();
    await waitFor(() => !existsSync(`/proc/${child}/exe`), { what: 'the child to end' });
  });

  test('a process that ends without the line fails at once, with its output', async () => {
    const running = startProcess('sh', ['-c', 'echo oops >&2; exit 3']);
    await expect(running.waitForLine(/ready/)).rejects.toThrow(/ended without .*\noops/);
    expect(await running.exited).toEqual({ code: 3, signal: null });
  });
});

describeWithTools(['fuse'], 'FUSE', () => {
  test('a frozen mount hangs until it is thawed', async () => {
    const mount = await mountPassthrough();
    mkdirSync(join(mount.source, 'folder'));
    const file = join(mount.path, 'folder', 'file');
    writeFileSync(file, 'content');
    expect(readFileSync(join(mount.source, 'folder', 'file'), 'utf8')).toBe('content');
    await mount.freeze();
    const reading = startProcess('cat', [file]);
    const listing = runProcess('ls', [mount.path], { timeoutMs: 1000 });
    await expect(listing).rejects.toThrow('took over 1000 ms');
    expect(reading.stdout()).toBe('');
    mount.thaw();
    expect(await reading.exited).toEqual({ code: 0, signal: null });
    expect(reading.stdout()).toBe('content');
    await mount.freeze();
    await mount.unmount();
    expect(isMounted(mount.path)).toBe(false);
  });
});

describeWithTools(['tmpfs'], 'tmpfs', () => {
  test('fills up', async () => {
    const { path } = await mountTmpfs({ sizeBytes: 256 * 1024 });
    expect(() => writeFileSync(join(path, 'a'), Buffer.alloc(512 * 1024))).toThrow('ENOSPC');
  });
});

describeWithTools(['chromium'], 'Chromium', () => {
  test('takes a screenshot', async () => {
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 320, height: 200 } });
    await page.goto('data:text/html,<title>Hello</title><h1>It works</h1>');
    expect(await page.title()).toBe('Hello');
    const picture = await page.screenshot();
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.length).toBeGreaterThan(1000);
  });
});
