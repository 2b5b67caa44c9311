import { parentPort, workerData } from 'node:worker_threads';
import { findRefusal } from '../../../runtime/refusal.ts';
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
  const { path = '' } = error as NodeJS.ErrnoException;
  const side = error instanceof FileProblem ? error.side : 'target';
  const code = errorCode(error);
  const isRefused = ['EACCES', 'EPERM'].includes(code) && path.startsWith('/');
  const refusal = isRefused ? findRefusal(path, side === 'source' ? 'r' : 'rw') : undefined;
  return { message: errorMessage(error), code, path, side, refusal };
}

/** What is handed over instead of copied. */
function buffersOf(operation: OperationName, outcome: Outcome): ArrayBuffer[] {
  if (operation !== 'list' || 'error' in outcome) return [];
  const { ids, sizes } = outcome.result as Result<'list'>;
  return [ids.buffer, sizes.buffer] as ArrayBuffer[];
}

parentPort?.on('message', ({ id, operation, args }: Request) => {
  const outcome = attempt(operation, args);
  parentPort?.postMessage({ id, ...outcome }, buffersOf(operation, outcome));
});
