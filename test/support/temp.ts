import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onCleanUp } from './clean-up.ts';

/** An empty directory, removed after the test (or the test file, when made outside of a test). */
export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 't-')));
  onCleanUp(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** Makes a temporary directory for tests with several users: all users may pass through it and its parents. */
export function openTemporaryDirectory(): string {
  const path = mkdtempSync('/tmp/open-'); // the one that tests are given may be closed to others
  chmodSync(path, 0o755);
  onCleanUp(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** A TCP port of 127.0.0.1 that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export type WaitForOptions = {
  /** Completes "waited 5000 ms for …". */
  readonly what: string;
  readonly timeoutMs?: number;
  /** By default it grows from 20 to 200 ms: a short wait ends soon, and a long one computes little. */
  readonly intervalMs?: number;
};

/**
 * Calls `fn` until it returns something other than false, null or undefined, and returns that. Its errors count as
 * "not yet"; the last one, or the last value, is in the message when the time is over.
 */
export async function waitFor<T>(
  fn: () => T | Promise<T>,
  { what, timeoutMs = 120_000, intervalMs }: WaitForOptions,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let pauseMs = intervalMs ?? 20;
  let last: string;
  do {
    try {
      const value = await fn();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      last = `it was ${String(value)}`;
    } catch (error) {
      last = String(error);
    }
    await sleep(pauseMs);
    pauseMs = intervalMs ?? Math.min(200, pauseMs * 1.3);
  } while (performance.now() < deadline);
  throw new Error(`waited ${timeoutMs} ms for ${what}; in the end ${last}`);
}
