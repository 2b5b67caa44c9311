import { setTimeout as sleep } from 'node:timers/promises';

/** How long pending calls may take at the end, in milliseconds, and how often to check whether they have returned. */
const LAST_CALLS_MS = 500;
const LOOK_MS = 25;

/**
 * Whether the calls that Node makes to file systems in threads of its own (node:fs/promises) have returned. `process.exit` waits for
 * these threads, so it would wait forever for a call that hangs. Pending calls get a moment.
 */
export async function haveOwnCallsReturned(): Promise<boolean> {
  for (let ms = 0; ms < LAST_CALLS_MS && isCalling(); ms += LOOK_MS) await sleep(LOOK_MS);
  return !isCalling();
}

function isCalling(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}
