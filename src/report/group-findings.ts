import { agree, plural } from '../runtime/plural.ts';
import { formatAgo } from '../runtime/units.ts';
import { firstDue, nameOfGroup, overdueGroups } from './expected-groups.ts';
import type { ClientReport, Finding, GroupsState, GroupState, Severity } from './types.ts';

type Assessed = Pick<ClientReport, 'client' | 'dueAt' | 'snapshotEveryMs' | 'groups'>;

/** Finds the problems of the expected groups. Pure. */
export function groupFindings(report: Assessed, now: number): Finding[] {
  const { groups } = report;
  if (groups === undefined) return [];
  return [
    ...overdue(report, groups, now),
    ...unread(groups, now),
    ...unreadable(report.client, groups),
  ];
}

/** How many groups a message names. */
const MOST_NAMED = 3;

/** Leaves out what follows from the client's own missing snapshot. */
function overdue(report: Assessed, groups: GroupsState, now: number): Finding[] {
  const late = overdueGroups(groups, now) ?? [];
  const severity = severityOf(firstDue(late), now);
  const { dueAt = Infinity, snapshotEveryMs } = report;
  const ofClient = severityOf({ dueAt, missedAt: dueAt + (snapshotEveryMs ?? Infinity) }, now);
  if (severity === 'ok' || severity === ofClient || ofClient === 'critical') return [];
  const named = late.slice(0, MOST_NAMED).map((group) => describe(group, now));
  const more = late.length > named.length ? [`${late.length - named.length} more`] : [];
  return [
    {
      kind: 'group_overdue',
      severity,
      message: `${plural(late.length, 'expected snapshot')} ${agree(late.length, 'is', 'are')} overdue: ${[...named, ...more].join('; ')}`,
      hint: 'check the backup job of that host and path; it must name the path as expect.paths does',
    },
  ];
}

function severityOf(
  { dueAt = Infinity, missedAt = Infinity }: Partial<ReturnType<typeof firstDue>>,
  now: number,
): Severity {
  if (now > missedAt) return 'critical';
  return now > dueAt ? 'warning' : 'ok';
}

/** `/etc from ahost, the newest is from 2d ago` */
function describe(group: GroupState, now: number): string {
  const { newestAt } = group;
  const newest =
    newestAt === undefined ? 'none yet' : `the newest is from ${formatAgo(now - newestAt)}`;
  return `${nameOfGroup(group)}, ${newest}`;
}

/** Reading is retried, so only a failure that lasts matters: the groups then cannot be judged. */
function unread({ trouble, unread: count = 0, readAt }: GroupsState, now: number): Finding[] {
  if (trouble === undefined) return [];
  const read = readAt === undefined ? 'never read' : `last read ${formatAgo(now - readAt)}`;
  return [
    {
      kind: 'groups_unread',
      severity: 'warning',
      message: `the hosts and paths of ${plural(count, 'snapshot')} are unknown (${read}): ${trouble.message}`,
      ...(trouble.hint !== undefined && { hint: trouble.hint }),
    },
  ];
}

function unreadable(client: string, { unreadable: count = 0 }: GroupsState): Finding[] {
  if (count === 0) return [];
  return [
    {
      kind: 'source_unreadable_snapshots',
      severity: 'warning',
      message: `the password does not open ${plural(count, 'snapshot')} of the source: ${agree(count, 'it is', 'they are')} corrupt, or restic did not make ${agree(count, 'it', 'them')}`,
      hint: `to see which, run: backup-syncd snapshots ${client}`,
    },
  ];
}
