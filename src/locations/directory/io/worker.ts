import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { findRefusal, type Refusal } from '../../../runtime/refusal.ts';
import { errorCode, errorMessage } from '../../../runtime/system-error.ts';
import { admit, stage, unstage } from './admit.ts';
import { copy } from './copy.ts';
import { FileProblem } from './file-problem.ts';
import { append, groupReadable, inspect, read, remove, space, stat, sweep } from './files.ts';
import { disk } from './disk.ts';
import { identity } from './identity.ts';
import { list, locks, stamps } from './list.ts';
import { place } from './place.ts';
import { verify, write } from './durable.ts';
import { fileSystem, syncNames } from './sync-names.ts';
import { listRetired, moveRetired, tryToRetire, writeRetiredList } from './retire.ts';
import type { FileError, OperationName, Operations, Outcome, Request, Result } from './protocol.ts';

/** A file thread: one request after the other, synchronously. */

type Handlers = {
  readonly [N in keyof Operations]: (
    args: Parameters<Operations[N]>[0],
    counters: BigInt64Array,
  ) => ReturnType<Operations[N]>;
};

const handlers: Handlers = {
  several: ({ calls }) => calls.map(({ operation, args }) => attempt(operation, args)),
  stamps,
  list,
  stat,
  locks,
  inspect,
  disk,
  identity,
  read,
  write,
  copy,
  place,
  verify,
  groupReadable,
  syncNames,
  fileSystem,
  stage,
  unstage,
  admit,
  append,
  remove,
  sweep,
  listRetired,
  tryToRetire,
  writeRetiredList,
  moveRetired,
  space,
};

function attempt(operation: OperationName, args: unknown): Outcome {
  const handler = handlers[operation] as (args: unknown, counters: BigInt64Array) => unknown;
  try {
    return { result: handler(args, workerData as BigInt64Array) };
  } catch (error) {
    return { error: describe(error) };
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

/** What is handed over instead of copied. */
function buffersOf(operation: OperationName, outcome: Outcome): ArrayBuffer[] {
  if (operation !== 'list' || 'error' in outcome) return [];
  const { ids, sizes } = outcome.result as Result<'list'>;
  return [ids.buffer, sizes.buffer] as ArrayBuffer[];
}

parentPort?.on('message', ({ operation, args }: Request) => {
  const outcome = attempt(operation, args);
  parentPort?.postMessage(outcome, buffersOf(operation, outcome));
});
