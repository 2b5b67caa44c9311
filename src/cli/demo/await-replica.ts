import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendState, ClientReport } from '../../report/types.ts';

export interface AwaitOptions {
  readonly report: () => ClientReport | undefined;
  readonly snapshots: number;
  readonly onState: (state: BackendState) => void;
  readonly signal: AbortSignal;
}

/** Between two looks at the report, which is no I/O, in milliseconds. */
const LOOK_MS = 25;

/** Resolves when the daemon says that this many snapshots are complete at a backend, and no other is missing there. */
export async function awaitReplica(name: string, options: AwaitOptions): Promise<void> {
  const { report, snapshots, onState, signal } = options;
  for (;;) {
    const client = report();
    const backend = client?.backends.find((candidate) => candidate.backend === name);
    if (backend !== undefined) {
      if (isComplete(backend, snapshots)) return;
      onState(backend);
    }
    await sleep(LOOK_MS, undefined, { signal });
  }
}

function isComplete({ snapshots = 0, missing }: BackendState, expected: number): boolean {
  return snapshots >= expected && missing?.length === 0;
}
