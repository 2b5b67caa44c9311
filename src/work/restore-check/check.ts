import type { RestoreCheckFacts } from '../../facts/restores.ts';
import { SOURCE_NAME } from '../../facts/sync-report.ts';
import { ResticError } from '../../restic/errors.ts';
import { isAbort } from '../../runtime/abort.ts';
import { asSyncdError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/plural.ts';
import { attempt, type Attempted, type AttemptOptions } from './attempt.ts';
import type { KnownSnapshot } from './choose-snapshot.ts';
import { describeFaults } from './verdict.ts';

export type Checked = Omit<RestoreCheckFacts, 'at'>;

export interface CheckOptions extends Omit<AttemptOptions, 'snapshot' | 'random'> {
  readonly snapshot: KnownSnapshot;
  /** the same choice of files in each attempt */
  readonly random: () => AttemptOptions['random'];
  /** rejects unless the place answers, with the disk on which the snapshot is known to be */
  readonly requireDisk: (signal: AbortSignal) => Promise<void>;
  /** checks again, and returns why the snapshot is no longer there; undefined: it still is */
  readonly findAbsence: (signal: AbortSignal) => Promise<string | undefined>;
}

/** The result of one attempt. */
type Ending = Attempted | { readonly error: unknown };

/**
 * Restores files from a place and judges them. What may be damage is tried a second time, if the snapshot is still there: it may have
 * been removed, with its packs, while it was read. Rejects only with an AbortError. The directory is removed in any case.
 */
export async function check(options: CheckOptions): Promise<Checked> {
  try {
    const first = await tryOnce(options);
    if (!isDamage(first)) return conclude(first, options);
    options.say(
      `${problemOf(first)}: checking whether the snapshot is still there, and trying again`,
    );
    const absence = await options.findAbsence(options.signal);
    if (absence !== undefined) return wentAway(absence, options);
    const second = await tryOnce(options);
    return isDamage(second) ? failed(second, options) : conclude(second, options);
  } finally {
    await removeRestored(options);
  }
}

async function tryOnce(options: CheckOptions): Promise<Ending> {
  try {
    await options.requireDisk(options.signal);
    return await attempt({ ...options, snapshot: options.snapshot.id, random: options.random() });
  } catch (error) {
    if (isAbort(error)) throw error;
    return { error };
  }
}

/** Whether an attempt found damage at the place. */
function isDamage(ending: Ending): boolean {
  if (!('error' in ending)) return ending.damage.length > 0;
  const { error } = ending;
  return error instanceof ResticError && ['damaged', 'no_snapshot'].includes(error.problem);
}

function conclude(ending: Ending, options: CheckOptions): Checked {
  if ('error' in ending) {
    const { reason, message, hint } = asSyncdError(ending.error);
    return { ...about(options), outcome: 'inconclusive', reason, ...notes(message, hint) };
  }
  if (ending.faults.length > 0) return failed(ending, options);
  return { ...about(options), ...amounts(ending), outcome: 'ok', ...notes(noteOf(ending)) };
}

function failed(ending: Ending, options: CheckOptions): Checked {
  const amount = 'error' in ending ? {} : amounts(ending);
  return {
    ...about(options),
    ...amount,
    outcome: 'failed',
    reason: 'verify',
    ...notes(problemOf(ending), hintFor(ending, options)),
  };
}

function wentAway(message: string, options: CheckOptions): Checked {
  const hint = 'the next check chooses again';
  return {
    ...about(options),
    outcome: 'inconclusive',
    reason: 'source_busy',
    ...notes(message, hint),
  };
}

function problemOf(ending: Ending): string {
  if ('error' in ending) return asSyncdError(ending.error).message;
  const faults = [...ending.damage, ...ending.faults];
  return `${plural(faults.length, 'problem')} in ${plural(ending.files, 'file')}: ${describeFaults(faults)}`;
}

function hintFor(ending: Ending, { client, place }: CheckOptions): string {
  const isDamaged = 'error' in ending || ending.damage.length > 0;
  if (!isDamaged) return 'check the backup job of the client, or correct restoreCheck';
  const examine =
    'run "restic --no-lock check --read-data" on this place, and restore from another place in the meantime';
  if (place.name === SOURCE_NAME) return examine;
  const verb = isWithoutSnapshot(ending) ? 'sync' : 'audit';
  return `bring back what is missing or too short, and check again; if that fails, too, ${examine}. To bring it back, run: backup-syncd ${verb} ${client} --backend ${place.name}`;
}

function isWithoutSnapshot(ending: Ending): boolean {
  if (!('error' in ending)) return false;
  return ending.error instanceof ResticError && ending.error.problem === 'no_snapshot';
}

function noteOf({ notes: all }: Attempted): string | undefined {
  return all.length === 0 ? undefined : all.join('; ');
}

function about({
  snapshot,
}: CheckOptions): Pick<Checked, 'snapshot' | 'snapshotAt' | 'files' | 'bytes'> {
  return { snapshot: snapshot.id, snapshotAt: snapshot.at, files: 0, bytes: 0 };
}

function amounts({ files, bytes }: Attempted): Pick<Checked, 'files' | 'bytes'> {
  return { files, bytes };
}

function notes(message: string | undefined, hint?: string): Pick<Checked, 'message' | 'hint'> {
  return { ...(message !== undefined && { message }), ...(hint !== undefined && { hint }) };
}

async function removeRestored({ directory, log }: CheckOptions): Promise<void> {
  try {
    await directory.clear();
  } catch (error) {
    const { message, hint } = asSyncdError(error);
    log.error({ path: directory.path, hint }, `restored files are left over: ${message}`);
  }
}
