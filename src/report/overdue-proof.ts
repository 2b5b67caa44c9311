import { SOURCE_NAME } from '../facts/sync-report.ts';
import { formatAgo, formatDuration } from '../runtime/units.ts';
import type { ActivityState } from './activities.ts';
import { SOURCE_SEVERITY } from './source-severity.ts';
import type { BackendState, ClientReport, Finding, SourceState } from './types.ts';

/** The activities of a place that should have succeeded by now. Pure. */
export function overdueAt(
  place: BackendState | SourceState,
  now: number,
): readonly ActivityState[] {
  const { activities = [] } = place;
  if ('backend' in place ? isExcused(place) : isUnavailable(place)) return [];
  return activities.filter(({ dueAt = now }) => dueAt < now);
}

/**
 * Whether an overdue activity is excused, as in the alert BackupProofOverdue: nothing can be done there, or the first copy is not
 * complete.
 */
function isExcused({ state, up, expectedBackAt, baselineAt }: BackendState): boolean {
  const isAway = up === false || expectedBackAt !== undefined;
  return isAway || state === 'blocked' || state === 'paused' || baselineAt === undefined;
}

/** Whether the source is unavailable, which has its own finding. */
function isUnavailable({ state }: SourceState): boolean {
  return state !== 'unknown' && SOURCE_SEVERITY[state] === 'critical';
}

/** Finds activities that should have proven that the places are good, and have not. Pure. */
export function overdueProof({ client, source, backends, pause }: Proven, now: number): Finding[] {
  return [
    ...(pause === undefined ? overdueAt(source, now) : []).map((activity): Finding => ({
      kind: 'source_proof_overdue',
      severity: 'warning',
      message: `the source ${describe(activity, now)}`,
      hint: hintFor(activity, client, SOURCE_NAME),
    })),
    ...backends.flatMap((backend) =>
      overdueAt(backend, now).map((activity): Finding => ({
        kind: 'backend_proof_overdue',
        backend: backend.backend,
        severity: 'warning',
        message: describe(activity, now),
        hint: hintFor(activity, client, backend.backend),
      })),
    ),
  ];
}

type Proven = Pick<ClientReport, 'client' | 'source' | 'backends' | 'pause'>;

/** The hint for an activity, whose command has the same name. */
function hintFor({ name }: ActivityState, client: string, place: string): string {
  return `to see why, run it now: backup-syncd ${name} ${client} --backend ${place}`;
}

/** `has missed its audit: the last one that succeeded was 3d ago, and one is due every 1d`. */
function describe({ name, everyMs, lastSuccessAt, trouble }: ActivityState, now: number): string {
  const last =
    lastSuccessAt === undefined
      ? 'none has succeeded yet'
      : `the last one that succeeded was ${formatAgo(now - lastSuccessAt)}`;
  const because = trouble === undefined ? '' : `: ${trouble.message}`;
  return `has missed its ${activityWords(name)}: ${last}, and one is due every ${formatDuration(everyMs)}${because}`;
}

/** `restore-check` as words. */
export function activityWords(name: string): string {
  return name.replaceAll(/[-_]/g, ' ');
}
