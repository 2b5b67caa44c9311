import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendState } from '../../report/types.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { BACKENDS } from './home.ts';

export interface AwaitOptions {
  /** the daemon's report about the backends */
  readonly backends: () => readonly BackendState[];
  readonly snapshots: number;
  readonly onComplete: (backend: string) => void;
  /** snapshots that have not arrived yet */
  readonly onWaiting: (backends: readonly BackendState[]) => void;
  readonly signal: AbortSignal;
}

/** The interval between two reads of the report, which do no I/O, in milliseconds. */
const LOOK_MS = 25;

/** Resolves when this many snapshots are complete at every backend, and none is missing. */
export async function awaitReplicas(options: AwaitOptions): Promise<void> {
  const { backends, snapshots, onComplete, onWaiting, signal } = options;
  const done = new Set<string>();
  while (done.size < BACKENDS.length) {
    throwIfAborted(signal);
    const open = backends().filter(({ backend }) => !done.has(backend));
    const ready = open.filter((backend) => isComplete(backend, snapshots));
    for (const { backend } of ready) {
      done.add(backend);
      onComplete(backend);
    }
    const waiting = open.filter(({ backend }) => !done.has(backend));
    if (waiting.length > 0) onWaiting(waiting);
    await sleep(LOOK_MS, undefined, { signal });
  }
}

function isComplete({ snapshots = 0, missing }: BackendState, expected: number): boolean {
  return snapshots >= expected && missing?.length === 0;
}
