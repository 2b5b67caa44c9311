import { countUnread, isSameGroup, type Group } from '../facts/source-groups.ts';
import type { SourceFacts } from '../facts/facts.ts';
import { common, EMPTY_CATALOGUE, type Catalogue } from '../repository/catalogue.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';
import { optional } from '../runtime/optional.ts';
import { plural } from '../runtime/plural.ts';
import { formatAgo } from '../runtime/units.ts';
import type { GroupState, GroupsState } from './types.ts';
import { dueInWords, type Status } from './words.ts';

/** A host, a path, or a path of a host of which a recent snapshot is expected. */
export interface WantedGroup {
  readonly host?: string;
  readonly path?: string;
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
}

/** The activity that reads them. */
const ACTIVITY = 'groups';

interface Known {
  readonly source: Pick<SourceFacts, 'groups' | 'contents' | 'attempts'>;
  readonly times: SnapshotTimes;
}

/**
 * The state of the expected groups; undefined if none is expected. Pure.
 *
 * @param now milliseconds since the epoch; a later time comes from a wrong clock, and counts as now
 */
export function groupsState(
  wanted: readonly WantedGroup[] = [],
  { source: { groups: known, contents, attempts }, times }: Known,
  now = Infinity,
): GroupsState | undefined {
  if (wanted.length === 0) return undefined;
  const { readAt, readFrom } = known;
  const trouble = attempts.others?.[ACTIVITY]?.trouble;
  const expected = wanted.map((group) => {
    const of = known.groups?.find((one) => isSameGroup(one, group));
    return groupState(group, { of, times, now });
  });
  return {
    expected,
    ...optional({ readAt: readAt && Math.min(readAt, now), readFrom, trouble }),
    ...countUnknown(known, contents.snapshots),
  };
}

/** Counts the snapshots at the source that were not read yet, and those that cannot be read. */
function countUnknown(
  known: SourceFacts['groups'],
  snapshots: Catalogue | undefined,
): Pick<GroupsState, 'unread' | 'unreadable'> {
  if (snapshots === undefined) return {};
  const unread = countUnread(known, snapshots);
  const unreadable = common(known.unreadable ?? EMPTY_CATALOGUE, snapshots).count;
  return { unread, ...(unreadable > 0 && { unreadable }) };
}

function groupState(
  group: WantedGroup,
  { of, times, now }: { of: Group | undefined; times: SnapshotTimes; now: number },
): GroupState {
  const { since, latest } = of ?? {};
  const newestAt = latest && Math.min(times.get(latest.id)?.time ?? latest.at, now);
  const from = newestAt ?? since;
  const { snapshotEveryMs, graceMs } = group;
  return {
    ...group,
    ...(latest && newestAt !== undefined && { newestId: latest.id, newestAt }),
    ...(from !== undefined &&
      snapshotEveryMs !== null && { dueAt: Math.min(from, now) + snapshotEveryMs + graceMs }),
  };
}

/** The groups whose snapshot is overdue; undefined while there are snapshots of which nothing is known. Pure. */
export function overdueGroups(
  { expected, readAt, unread }: GroupsState,
  now: number,
): GroupState[] | undefined {
  if (readAt === undefined || unread !== 0) return undefined;
  return expected.filter(({ dueAt = Infinity }) => dueAt < now);
}

/** When the first of the groups is due, and when the first will have missed one more snapshot. */
export function firstDue(expected: readonly GroupState[]): {
  readonly dueAt: number | undefined;
  readonly missedAt: number | undefined;
} {
  const due = expected.flatMap(({ dueAt, snapshotEveryMs }) =>
    dueAt === undefined || snapshotEveryMs === null ? [] : [[dueAt, snapshotEveryMs] as const],
  );
  if (due.length === 0) return { dueAt: undefined, missedAt: undefined };
  return {
    dueAt: Math.min(...due.map(([at]) => at)),
    missedAt: Math.min(...due.map(([at, every]) => at + every)),
  };
}

/** `/etc from ahost`, `/etc`, `ahost`. */
export function nameOfGroup({ host, path }: Pick<WantedGroup, 'host' | 'path'>): string {
  return [path, host].filter((part) => part !== undefined).join(' from ');
}

/** When a group is due, in the words used for a client; `-` before the group was seen in the configuration. */
export function groupDueInWords({ dueAt, snapshotEveryMs }: GroupState, now: number): string {
  if (dueAt === undefined) return snapshotEveryMs === null ? dueInWords({}, now) : '-';
  return dueInWords({ dueAt }, now);
}

/** `up to date`, `overdue`, or `unknown` while a snapshot that was not read may be one of the group. */
export function groupStatus(
  { dueAt = Infinity, newestAt }: GroupState,
  { readAt, unread }: GroupsState,
  now: number,
): Status {
  if (readAt === undefined || (unread !== 0 && dueAt < now)) return UNKNOWN;
  if (dueAt < now) return { words: 'overdue', tone: 'warning' };
  return newestAt === undefined ? { words: 'none yet', tone: 'unknown' } : UP_TO_DATE;
}

const UNKNOWN: Status = { words: 'unknown', tone: 'unknown' };
const UP_TO_DATE: Status = { words: 'up to date', tone: 'ok' };

/** `read from nas 5m ago`, `not read yet`. */
export function describeReading(
  { readAt, readFrom, unread = 0 }: GroupsState,
  now: number,
): string {
  const read =
    readAt === undefined
      ? 'not read yet'
      : `read from ${readFrom ?? 'source'} ${formatAgo(now - readAt)}`;
  return unread === 0 || readAt === undefined
    ? read
    : `${read}, ${plural(unread, 'snapshot')} not read yet`;
}
