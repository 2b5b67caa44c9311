/** How far the source loop of a client has come since it began. */
export interface LoopProgress {
  readonly client: string;
  /** how many checks have ended, well or not */
  readonly turns: number;
  /** the check that is running takes long, and is known to: the place hangs, or there is a lot to list */
  readonly isWaiting: boolean;
  readonly pollMs: number;
  /** when the source was last checked, in milliseconds since the epoch; absent if never */
  readonly lastScanAt?: number;
}

/** When each loop was last seen to turn, by client: the number of its turns then, and a time that never jumps. */
export type LastTurns = ReadonlyMap<string, { readonly turns: number; readonly at: number }>;

/** A loop that has not turned for longer than this is stalled, in milliseconds. */
export function stalledAfterMs(pollMs: number): number {
  return 3 * pollMs + 120_000;
}

/** Whether each loop has made its first check, or is known to wait for a place that keeps it from doing so. */
export function haveAllBegun(loops: readonly LoopProgress[]): boolean {
  return loops.every(({ turns, isWaiting }) => turns > 0 || isWaiting);
}

/** Notes which loops have turned since the last time. A loop that is known to wait has a deadline, and counts as turning. */
export function noteTurns(
  last: LastTurns,
  loops: readonly LoopProgress[],
  elapsedMs: number,
): LastTurns {
  return new Map(
    loops.map(({ client, turns, isWaiting }) => {
      const before = last.get(client);
      const hasTurned = isWaiting || before?.turns !== turns;
      return [client, { turns, at: hasTurned ? elapsedMs : before.at }];
    }),
  );
}

/**
 * Whether a restart of the process would help nobody: a loop turns, or there is none. One client whose loop is stalled is no reason
 * to stop all the others (I9); it is shown as not ready.
 */
export function isAnyTurning(
  last: LastTurns,
  loops: readonly LoopProgress[],
  elapsedMs: number,
): boolean {
  const isTurning = ({ client, pollMs }: LoopProgress): boolean =>
    elapsedMs - (last.get(client)?.at ?? elapsedMs) <= stalledAfterMs(pollMs);
  return loops.length === 0 || loops.some(isTurning);
}
