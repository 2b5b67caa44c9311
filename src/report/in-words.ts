import { plural } from '../runtime/plural.ts';
import { printable } from '../runtime/printable.ts';
import { formatAgo, formatBytes, formatDay, formatDuration } from '../runtime/units.ts';
import type { Announcement, KeysChanged } from '../facts/source-guard.ts';
import type { BackendState, DisabledState, Protection, SnapshotRow } from './types.ts';

/** `4 copies (3 required), 2 not reachable`: the copies of the newest snapshot; undefined while there is none. */
export function describeCopies({
  copies,
  unreachableCopies,
  expectedCopies,
}: Protection): string | undefined {
  if (copies === undefined) return undefined;
  const all = copies + (unreachableCopies ?? 0);
  return `${plural(all, 'copy', 'copies')} (${expectedCopies} required)${away(unreachableCopies)}`;
}

/** `4, 2 not reachable`: the places of one snapshot. */
export function countCopies({ copies, unreachableCopies }: SnapshotRow): string {
  return `${copies + unreachableCopies}${away(unreachableCopies)}`;
}

/** The longest text of a snapshot that is shown in a table, in characters. */
const LONGEST = 60;

/** The host and the paths of a snapshot, as short texts; undefined while they are unknown. */
export function originOf(row: SnapshotRow): readonly [host: string, paths: string] | undefined {
  const { host, paths = [], hasMorePaths, isUnreadable } = row;
  if (isUnreadable === true) return ['unreadable', '-'];
  if (host === undefined) return undefined;
  const shown = paths.slice(0, MOST_PATHS).map(short);
  const isAll = hasMorePaths !== true && shown.length === paths.length;
  return [short(host), [...shown, ...(isAll ? [] : ['…'])].join(', ')];
}

const MOST_PATHS = 4;

function short(text: string): string {
  const plain = printable(text);
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

/** The text of `describeCopies` for the cell of a table: `4`, `2 (3 required)`, `4 (3 required), 2 not reachable`. */
export function shortCopies(protection: Protection): string {
  const { copies, unreachableCopies = 0, expectedCopies } = protection;
  if (copies === undefined) return '-';
  const isEnough = copies >= expectedCopies;
  const required = isEnough ? '' : ` (${expectedCopies} required)`;
  return `${copies + unreachableCopies}${required}${away(unreachableCopies)}`;
}

export { describePause } from '../facts/pause-words.ts';

/** `disabled 2d ago by anna (1000): the machine is in storage`. */
export function describeDisabled({ since, by, reason }: DisabledState, now: number): string {
  const when = since === undefined ? '' : ` ${formatAgo(Math.max(0, now - since))}`;
  const who = by === undefined ? '' : ` by ${by}`;
  return `disabled${when}${who}${reason === undefined ? '' : `: ${reason}`}`;
}

/** `does not count as a copy, last contact 2d ago`; undefined while it counts. */
export function describeUncounted(
  { uncountedSince, lastContact }: BackendState,
  now: number,
): string | undefined {
  if (uncountedSince === undefined) return undefined;
  const seen =
    lastContact === undefined ? 'never seen' : `last contact ${formatAgo(now - lastContact)}`;
  return `does not count as a copy, ${seen}`;
}

/** `offline, expected by Fri 2026-12-04`; undefined for a backend that is there, or should be. */
export function describeOffline({ expectedBackAt }: BackendState): string | undefined {
  return expectedBackAt === undefined
    ? undefined
    : `offline, expected by ${formatDay(expectedBackAt)}`;
}

/** `another disk is away, expected by Fri 2026-12-04`, for each disk that takes turns with the mounted one. */
export function describeAway({ away: disks = [] }: BackendState): string[] {
  return disks.map(
    ({ expectedBackAt, snapshots }) =>
      `another disk is away with ${plural(snapshots, 'complete snapshot')}, expected by ${formatDay(expectedBackAt)}`,
  );
}

/** `12 GiB in 340 objects, 5 snapshots`: what the source no longer has; undefined if there is none, or before an audit. */
export function describeSurplus({
  lastAudit,
}: Pick<BackendState, 'lastAudit'>): string | undefined {
  const { snapshots, objects, bytes } = lastAudit?.surplus ?? NO_SURPLUS;
  if (objects === 0) return undefined;
  const gone = snapshots === 0 ? '' : `, ${plural(snapshots, 'snapshot')}`;
  return `${formatBytes(bytes)} in ${plural(objects, 'object')}${gone}`;
}

const NO_SURPLUS = { snapshots: 0, objects: 0, bytes: 0 };

/** `the keys of the source changed: 1 added, 2 removed` */
export function describeKeys({ added, removed }: KeysChanged): string {
  const parts = [
    ...(added > 0 ? [`${added} added`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
  ];
  return `the keys of the source changed: ${parts.join(', ')}`;
}

/** `removals are announced for 2h: pruning by hand (admin)` */
export function describeAnnouncement({ endsAt, by, reason }: Announcement, now: number): string {
  return `removals are announced for ${formatDuration(endsAt - now)}: ${reason} (${by})`;
}

function away(unreachable = 0): string {
  return unreachable === 0 ? '' : `, ${unreachable} not reachable`;
}
