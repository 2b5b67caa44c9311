import type { MarkerOwner } from '../../backends/marker.ts';
import type { SourceFacts } from '../../facts/facts.ts';
import { corruptHint } from '../../replication/corrupt-hint.ts';
import { LINK_HINT } from '../../replication/source-problem.ts';
import { linkedDirectories, objectPath } from '../../repository/names.ts';
import { countObjects, setOf, type Objects } from '../../repository/objects.ts';
import type { CorruptSourceObject } from '../../replication/sync.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { agree, plural } from '../../runtime/plural.ts';

/** The good objects of the view were sent; what would make them visible is held back until the source is repaired (I5). */
export function sourceCorrupt(
  client: string,
  corrupt: readonly CorruptSourceObject[],
): SyncdError | undefined {
  const [first] = corrupt;
  if (first === undefined) return undefined;
  const others = corrupt.length > 1 ? `; so are ${corrupt.length - 1} more` : '';
  const path = objectPath(first.kind, first.id);
  const message = `${path} of the source is corrupt: ${first.message}${others}`;
  return new SyncdError('source_corrupt', message, corruptHint(client, path));
}

/** The error for a doubtful source: nothing that needs a vanished object may become visible, or count for the first time. */
export function sourceDoubtful({
  health: { trouble, state },
  contents,
  guard,
}: SourceFacts): SyncdError {
  const [link] = linkedDirectories(contents.refused);
  if (state === 'ok' && link !== undefined) return behindALink(link);
  const overwritten = guard.alarms?.find(({ reason }) => reason === 'objects_changed');
  const why =
    state === 'ok' && overwritten !== undefined
      ? `some of what they may need was overwritten at the source: ${overwritten.message}`
      : `the source is ${state}: ${trouble?.message ?? ''}`;
  return new SyncdError(
    'source_corrupt',
    `new snapshots are held back because ${why}`,
    trouble?.hint,
  );
}

/** The error for a link in place of a directory: restic follows it, so the repository is intact, and a replica without what is behind it is not. */
function behindALink(link: string): SyncdError {
  return new SyncdError(
    'source_corrupt',
    `new snapshots are held back because ${link} of the source is a symbolic link, which is never followed, and they may need what is behind it`,
    LINK_HINT,
  );
}

/** The error for a script under an alarm: it may delete what an attacker has removed from the source, or copy overwritten files. */
export function underAlarm(client: string, { guard }: SourceFacts): SyncdError | undefined {
  const [alarm] = guard.alarms ?? [];
  if (alarm === undefined) return undefined;
  return new SyncdError(
    'source_corrupt',
    `the script does not run while there is an alarm at the source: ${alarm.message}`,
    `find out who did it; then run: backup-syncd ack ${client} --reason TEXT`,
  );
}

/**
 * A known loss that a pass could not repair: all snapshots of the backend lose their completeness until it is.
 *
 * @param unnamed the number of losses without a name
 */
export function damaged(
  { lost, lostUnnamed: unnamed }: { readonly lost: Objects; readonly lostUnnamed: number },
  { client, backend }: MarkerOwner,
): SyncdError | undefined {
  const count = countObjects(lost);
  const all = count + unnamed;
  if (all === 0) return undefined; // a lost config is sent again like any object
  const adopt = `backup-syncd backend init --adopt ${client} ${backend}`;
  const hint = `put the files back from another place; or, if only snapshots that the source has forgotten need them, accept the loss: ${adopt}`;
  if (count === 0) {
    return new SyncdError(
      'damaged',
      `at least ${plural(unnamed, 'file')} ${agree(unnamed, 'is', 'are')} missing or cut short; the source cannot replace ${agree(unnamed, 'it, and its name is', 'them, and their names are')} not known`,
      hint,
    );
  }
  const kinds = ['keys', 'index', 'data'] as const;
  const kind = kinds.find((candidate) => setOf(lost, candidate).count > 0) ?? 'data';
  const [first] = setOf(lost, kind).entries();
  return new SyncdError(
    'damaged',
    `${plural(all, 'file')} ${agree(all, 'is missing, and the source cannot replace it', 'are missing, and the source cannot replace them')}: ${kind}/${first?.id ?? ''}${all > 1 ? ' and others' : ''}`,
    hint,
  );
}

/** The error for two names of one place, which would count as two copies. */
export function duplicatePlaceError(other: string, { client, backend }: MarkerOwner): SyncdError {
  return new SyncdError(
    'not_initialised',
    `backend ${other} has the same marker: it is the same place under another name, or one is a copy of the other`,
    `check what is mounted at both ('findmnt --target DIRECTORY'), and give ${backend} its own place; if this is a separate place, and its marker was copied along, run: backup-syncd backend init --adopt ${client} ${backend}`,
  );
}
