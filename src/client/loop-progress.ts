/** How far the source loop of a client has come since it began. */
export interface LoopProgress {
  readonly client: string;
  /** how many checks have ended, well or not */
  readonly checks: number;
  /** the check that is running takes long, and is known to: the place hangs, or there is a lot to list */
  readonly isWaiting: boolean;
  readonly pollMs: number;
  /** when the source was last checked, in milliseconds since the epoch; absent if never */
  readonly lastScanAt?: number;
}

/** When each loop was last seen to make progress, by client: the number of its checks then, and a time that never jumps. */
export type LastProgress = ReadonlyMap<string, { readonly checks: number; readonly at: number }>;

/** How long a loop may take for a check before it counts as stalled, in milliseconds. */
export function stalledAfterMs(pollMs: number): number {
  return 3 * pollMs + 120_000;
}

/** Whether each loop has made its first check, or is known to wait for a place that keeps it from doing so. */
export function haveAllChecked(loops: readonly LoopProgress[]): boolean {
  return loops.every(({ checks, isWaiting }) => checks > 0 || isWaiting);
}

/** Notes which loops have checked since the last time. A loop that is known to wait has a deadline, and counts as alive. */
export function noteProgress(
  last: LastProgress,
  loops: readonly LoopProgress[],
  elapsedMs: number,
): LastProgress {
  return new Map(
    loops.map(({ client, checks, isWaiting }) => {
      const before = last.get(client);
      const isAlive = isWaiting || before?.checks !== checks;
      return [client, { checks, at: isAlive ? elapsedMs : before.at }];
    }),
  );
}

/**
 * Whether a restart of the process would help nobody: a loop is alive, or there is none. One client whose loop is stalled is no reason
 * to stop all the others (I9); it is shown as not ready.
 */
export function isAnyAlive(
  last: LastProgress,
  loops: readonly LoopProgress[],
  elapsedMs: number,
): boolean {
  const isAlive = ({ client, pollMs }: LoopProgress): boolean =>
    elapsedMs - (last.get(client)?.at ?? elapsedMs) <= stalledAfterMs(pollMs);
  return loops.length === 0 || loops.some(isAlive);
}
