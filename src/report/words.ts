import { SOURCE_SEVERITY } from './source-severity.ts';
import { describeOffline } from './in-words.ts';
import type {
  BackendState,
  BackendStateName,
  ClientReport,
  Severity,
  SourceStateName,
} from './types.ts';
import { formatDuration } from '../runtime/units.ts';

/** The tone of a state. The words next to it always say the same. */
export type Tone = 'ok' | 'busy' | 'warning' | 'critical' | 'unknown';

export interface Status {
  readonly words: string;
  readonly tone: Tone;
}

/** The severities, the worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'unknown', 'ok'];

/** Compares, for a sort. */
export function worstFirst(a: { severity: Severity }, b: { severity: Severity }): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

/** The page, `status` and the dashboards use the same words and colour for a state. */
export const BACKEND_WORDS: Readonly<Record<BackendStateName, Status>> = {
  unknown: { words: 'not seen yet', tone: 'unknown' },
  initial_copy: { words: 'first copy', tone: 'busy' },
  idle: { words: 'up to date', tone: 'ok' },
  syncing: { words: 'copying', tone: 'busy' },
  retrying: { words: 'retrying', tone: 'warning' },
  blocked: { words: 'blocked', tone: 'critical' },
  unverified: { words: 'unverified', tone: 'warning' },
  paused: { words: 'paused', tone: 'unknown' },
};

/** Nothing known is owed, but the current content of the source is unknown. */
export const AS_LAST_KNOWN: Status = {
  words: `${BACKEND_WORDS.idle.words}, as last known`,
  tone: 'unknown',
};

/** `up to date`, `retrying: unreachable`, `blocked: not initialised`, `not mounted`. */
export function backendStatus(backend: BackendState): Status {
  const { words, tone } = BACKEND_WORDS[backend.state];
  if (backend.pause !== undefined) return BACKEND_WORDS.paused;
  const offline = describeOffline(backend);
  if (offline !== undefined) return { words: offline, tone: 'unknown' };
  if (backend.isNotMounted === true) return { words: 'not mounted', tone };
  if (backend.reason !== undefined) return { words: `${words}: ${spaced(backend.reason)}`, tone };
  if (backend.progress?.waitingSince !== undefined) return { words: 'waiting', tone: 'busy' };
  if (backend.state === 'idle') return idleStatus(backend);
  return { words, tone: isLate(backend) ? 'warning' : tone };
}

/**
 * Nothing is being sent, because nothing is owed, or although something is. Without a lag, the current content of the source is
 * unknown.
 */
function idleStatus(backend: BackendState): Status {
  if (isLate(backend)) return { words: 'behind', tone: 'warning' };
  if (backend.doing !== undefined) return { words: 'checking', tone: 'busy' };
  if ((backend.missing?.length ?? 0) > 0) return { words: 'waiting', tone: 'busy' };
  return backend.lagMs === undefined ? AS_LAST_KNOWN : BACKEND_WORDS.idle;
}

/** The status of a client as a whole. A paused client without a problem is neither well nor a problem. */
export function clientStatus({ severity, pause }: ClientReport): Status {
  if (pause !== undefined && severity === 'ok') return BACKEND_WORDS.paused;
  return { words: severity, tone: severity };
}

export function isLate({ lagMs, maxLagMs, expectedBackAt }: BackendState): boolean {
  return expectedBackAt === undefined && lagMs !== undefined && lagMs > maxLagMs;
}

export const SOURCE_WORDS: Readonly<Record<SourceStateName, string>> = {
  unknown: 'not seen yet',
  ok: 'readable',
  missing: 'missing',
  unreadable: 'unreadable',
  empty: 'empty',
  emptied: 'emptied',
  not_a_repository: 'not a repository',
  erasure_format: 'in MinIO’s own format',
  config_changed: 'config changed',
  different_repository: 'another repository',
  busy: 'busy',
  timeout: 'does not answer',
  suspect: 'suspect',
  damaged: 'damaged',
};

export function sourceStatus({ source, dueAt, reportedAt }: ClientReport): Status {
  const { state, corrupt } = source;
  if (state === 'ok' && corrupt.length > 0) return { words: 'damaged', tone: 'critical' };
  if (state === 'ok' && dueAt !== undefined && reportedAt > dueAt)
    return { words: 'overdue', tone: 'warning' };
  return { words: SOURCE_WORDS[state], tone: SOURCE_SEVERITY[state] };
}

/** `next snapshot due in 5m`, `snapshot overdue by 2h`, `no snapshot required`. */
export function dueInWords({ dueAt }: Pick<ClientReport, 'dueAt'>, now: number): string {
  if (dueAt === undefined) return 'no snapshot required';
  return dueAt < now
    ? `snapshot overdue by ${formatDuration(now - dueAt)}`
    : `next snapshot due in ${formatDuration(dueAt - now)}`;
}

/** `checking it for 5m`; undefined if nothing takes long. */
export function doingInWords(
  { doing }: Pick<BackendState, 'doing'>,
  now: number,
): string | undefined {
  return doing && `${doing.what} for ${formatDuration(now - doing.since)}`;
}

/** `not_initialised` as words. */
export function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}
