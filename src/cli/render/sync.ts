import { isDoubtful } from '../../report/doubtful.ts';
import { describeOffline } from '../../report/in-words.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { isAway } from '../../report/recent-passes.ts';
import type { ClientReport } from '../../report/types.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import { agree, plural } from '../../runtime/plural.ts';
import { detailLines } from './line.ts';

/**
 * Renders one line per backend; the source comes first if something is wrong with it.
 *
 * @param isBackendNamed then, one that is away is a failure
 */
export function renderSync(
  { report, syncs }: { readonly report: ClientReport; readonly syncs: readonly SyncReport[] },
  isBackendNamed = false,
): string[] {
  const { state, message = '', hint } = report.source;
  const problem =
    state === 'ok' ? [] : [`${report.client}: source ${state}: ${message}`, ...detailLines(hint)];
  if (state !== 'ok' && !isDoubtful(state)) return problem;
  if (syncs.length === 0) return [...problem, `${report.client}: has no backend`];
  const passes = syncs.flatMap((sync) =>
    !isBackendNamed && isAway(report, sync) ? [away(report, sync)] : pass(report, sync),
  );
  return [...problem, ...passes];
}

function away({ client, backends }: ClientReport, { backend }: SyncReport): string {
  const known = backends.find((candidate) => candidate.backend === backend);
  return `${client} → ${backend}: ${(known && describeOffline(known)) ?? ''}`;
}

function pass(report: ClientReport, sync: SyncReport): string[] {
  return [
    `${report.client} → ${sync.backend}: ${outcome(sync, isProvable(report, sync))}${describeCheck(sync)}`,
    ...detailLines(sync.hint),
  ];
}

/** A remembered listing proves less than a fresh one. */
function describeCheck({ outcome, looked: seen, startedAt }: SyncReport): string {
  if (seen === undefined || (outcome !== 'complete' && outcome !== 'nothing')) return '';
  const { objects, listedAt } = seen;
  const there = `${plural(objects, 'object')} there`;
  if (listedAt !== undefined && listedAt >= startedAt)
    return ` (checked ${there} and the whole source, by name and size)`;
  const when = listedAt === undefined ? '' : `, listed ${formatAgo(startedAt - listedAt)}`;
  return ` (${there} from memory${when}; checked the whole source)`;
}

function isProvable({ backends }: ClientReport, { backend }: SyncReport): boolean {
  return backends.find((candidate) => candidate.backend === backend)?.countsAsCopy !== false;
}

function outcome(sync: SyncReport, isComplete: boolean): string {
  const took = formatDuration(sync.endedAt - sync.startedAt);
  switch (sync.outcome) {
    case 'complete': {
      const snapshots = plural(sync.published.length, 'snapshot');
      return `complete, ${snapshots}, ${plural(sync.sent.objects, 'object')}, ${formatBytes(sync.sent.bytes)}, in ${took}`;
    }
    case 'unverified':
      return `the script exited with 0, in ${took}; unverified, because nothing checks what it did`;
    case 'nothing':
      return isComplete ? 'already complete' : 'nothing to do';
    case 'cancelled':
      return cancelled(sync);
    case 'paused':
      return sync.message ?? 'paused';
    case 'failed':
      return `FAILED (${sync.reason ?? 'internal'}): ${sync.message ?? ''}`;
  }
}

function cancelled({ message = 'cancelled', sent: { objects } }: SyncReport): string {
  if (objects === 0) return `${message}; nothing was sent`;
  return `${message}; ${plural(objects, 'object')} ${agree(objects, 'was sent and is', 'were sent and are')} kept`;
}
