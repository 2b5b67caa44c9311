import { setTimeout as sleep } from 'node:timers/promises';

/** How long calls that may hang may still take at the end of the process, in milliseconds. */
export const LAST_CALLS_MS = 500;
/** How often to check whether they have returned, in milliseconds. */
const CHECK_MS = 25;

/** Gives pending calls a moment; returns whether they have returned. */
export async function haveReturned(isCalling: () => boolean): Promise<boolean> {
  for (let ms = 0; ms < LAST_CALLS_MS && isCalling(); ms += CHECK_MS) await sleep(CHECK_MS);
  return !isCalling();
}

/**
 * Whether the calls that Node makes to file systems in threads of its own (node:fs/promises) have returned. `process.exit` waits for
 * these threads, so it would wait forever for a call that hangs.
 */
export async function haveOwnCallsReturned(): Promise<boolean> {
  return haveReturned(() =>
    process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq')),
  );
}
