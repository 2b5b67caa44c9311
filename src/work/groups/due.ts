import {
  countUnread,
  isSameGroup,
  type Group,
  type SourceGroups,
} from '../../facts/source-groups.ts';
import type { Catalogue } from '../../repository/catalogue.ts';
import { optional } from '../../runtime/optional.ts';

/** An expected group, as configured. */
export type WantedGroup = Pick<Group, 'host' | 'path'>;

/** The facts for exactly the groups that are configured. A new one makes it necessary to read all snapshots. Pure. */
export function expectGroups(
  known: SourceGroups,
  wanted: readonly WantedGroup[],
  now: number,
): SourceGroups {
  const before = known.groups ?? [];
  const groups = wanted.map(
    ({ host, path }) =>
      before.find((group) => isSameGroup(group, { host, path })) ?? {
        ...optional({ host, path }),
        since: now,
      },
  );
  if (groups.length === before.length && groups.every((group, i) => group === before[i]))
    return known;
  const isNew = groups.some((group) => !before.includes(group));
  return isNew ? { ...known, groups, readAt: undefined } : { ...known, groups };
}

/** Whether snapshots have to be read: there are new ones, groups were added, or the newest one of a group is gone. Pure. */
export function isReadingDue(known: SourceGroups, snapshots: Catalogue): boolean {
  const { groups = [], readAt } = known;
  if (groups.length === 0) return false;
  if (readAt === undefined || countUnread(known, snapshots) > 0) return true;
  return groups.some(({ latest }) => latest !== undefined && !snapshots.has(latest.id));
}
