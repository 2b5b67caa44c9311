import { SyncdError } from '../../runtime/errors.ts';
import { runTool } from '../../process/run-tool.ts';

const TIMEOUT_MS = 10 * 60_000;

/**
 * How often syncing a whole device has failed in this process. The kernel reports a write error to callers of syncfs(2) that
 * opened the device before it; a later caller gets no error, although it may affect that caller's files.
 */
const failures = new Map<number, number>();

export function syncFailuresOf(device: number): number {
  return failures.get(device) ?? 0;
}

/** Whether `sync` exists and supports `-f`. Tested on a file system that has nothing to write. */
export async function canSyncFileSystem(signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await runTool('sync', ['-f', '/proc'], { signal, timeoutMs: TIMEOUT_MS });
  return exitCode === 0;
}

export interface FileSystemSync {
  /** on the file system */
  readonly path: string;
  readonly device: number;
  /** `syncFailuresOf` before the first of the files was written */
  readonly failuresBefore: number;
}

/**
 * Makes everything durable that was written to a file system. If that fails, or failed for any caller in this process since the
 * files were written, the files cannot be trusted, and no later call proves anything about them.
 *
 * @throws a SyncdError with the reason `unreachable`
 */
export async function syncFileSystem(
  { path, device, failuresBefore }: FileSystemSync,
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, stderr } = await runTool('sync', ['-f', path], {
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  signal.throwIfAborted();
  if (exitCode !== 0) failures.set(device, syncFailuresOf(device) + 1);
  if (syncFailuresOf(device) === failuresBefore) return;
  const why = stderr.trim() || 'another pass got an error there';
  throw new SyncdError(
    'unreachable',
    `data written to ${path} did not reach the disk: ${why}`,
    'the disk may be faulty or full: check the kernel log (dmesg)',
  );
}
