import { admit, stage, unstage } from './admit.ts';
import { copy } from './copy.ts';
import { disk } from './disk.ts';
import { verify, write } from './durable.ts';
import { append, groupReadable, inspect, read, remove, space, stat, sweep } from './files.ts';
import { identity } from './identity.ts';
import { beside, list, locks, stamps } from './list.ts';
import type { OpenPlace } from './open-place.ts';
import { place } from './place.ts';
import { realPath, repositories } from './repositories.ts';
import { listRetired, moveRetired, tryToRetire, writeRetiredList } from './retire.ts';
import { fileSystem, syncNames } from './sync-names.ts';

/**
 * The operations on a place. All file-system calls on repositories are made synchronously in file threads, because a call that
 * hangs on a dead mount then holds a thread of that mount and nothing else (I9). Paths are relative to the place's root.
 */
export const operations = {
  stamps,
  list,
  beside,
  stat,
  locks,
  inspect,
  disk,
  identity,
  space,
  groupReadable,
  fileSystem,
  repositories,
  realPath,
  read,
  write,
  append,
  remove,
  verify,
  copy,
  place,
  syncNames,
  sweep,
  stage,
  unstage,
  admit,
  listRetired,
  tryToRetire,
  writeRetiredList,
  moveRetired,
};

type Operations = typeof operations;
export type OperationName = keyof Operations;
export type Args<N extends OperationName> = Operations[N] extends (
  place: OpenPlace,
  ...args: infer A
) => unknown
  ? A
  : never;
export type Result<N extends OperationName> = ReturnType<Operations[N]>;

export interface FileCall {
  readonly operation: OperationName;
  readonly args: readonly unknown[];
}

/** Calls in one place, to be made one after the other; each has an outcome of its own. */
export interface Request {
  readonly root: string;
  readonly calls: readonly FileCall[];
}
