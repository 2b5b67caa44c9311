import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { countObject } from '../../../threads/progress.ts';
import { findRefusal, type Refusal } from '../../../runtime/refusal.ts';
import { errorCode, errorMessage } from '../../../runtime/system-error.ts';
import { FileProblem } from './file-problem.ts';
import type { FileError } from './file-call-error.ts';
import { within, type OpenPlace } from './open-place.ts';
import { operations, type FileCall, type Request, type Result } from './operations.ts';
import type { Outcome } from '../../../threads/thread.ts';

/** A file thread: one call after the other, synchronously. */

function attempt(place: OpenPlace, { operation, args }: FileCall): Outcome<FileError> {
  const handler = operations[operation] as (place: OpenPlace, ...args: unknown[]) => unknown;
  try {
    return { result: handler(place, ...args) };
  } catch (error) {
    return { error: describe(place.withRealPaths(error)) };
  }
}

function describe(error: unknown): FileError {
  const { path = '', dest = '' } = pathsOf(error);
  const side = error instanceof FileProblem ? error.side : 'target';
  const code = errorCode(error);
  const isRefused = ['EACCES', 'EPERM'].includes(code) && path.startsWith('/');
  const refusal = isRefused
    ? refusalOf({ path, dest, wants: side === 'source' ? 'r' : 'rw' })
    : undefined;
  return { message: errorMessage(error), code, path, side, refusal };
}

/** To move a file, the two directories have to be writable, and not the file. */
function refusalOf({
  path,
  dest,
  wants,
}: {
  readonly path: string;
  readonly dest: string;
  readonly wants: 'r' | 'rw';
}): Refusal | undefined {
  if (dest === '') return findRefusal(path, wants);
  return findRefusal(dirname(dest), 'rw') ?? findRefusal(dirname(path), 'rw');
}

/** The paths of a call, also of one whose error knows its side. */
function pathsOf(error: unknown): Pick<NodeJS.ErrnoException, 'path'> & { dest?: string } {
  const { cause } = error as { cause?: object };
  return { ...(error instanceof FileProblem && cause), ...(error as NodeJS.ErrnoException) };
}

/** The buffers that are handed over instead of copied. */
function buffersOf({ operation }: FileCall, outcome: Outcome<FileError>): ArrayBuffer[] {
  if (operation !== 'list' || 'error' in outcome) return [];
  const { ids, sizes } = outcome.result as Result<'list'>;
  return [ids.buffer, sizes.buffer] as ArrayBuffer[];
}

parentPort?.on('message', ({ root, calls }: Request) => {
  const done = within(root, (place) =>
    calls.map((call, i) => {
      if (i > 0) countObject(); // each call has the whole deadline
      return { call, outcome: attempt(place, call) };
    }),
  );
  const buffers = done.flatMap(({ call, outcome }) => buffersOf(call, outcome));
  parentPort?.postMessage({ result: done.map(({ outcome }) => outcome) }, buffers);
});
