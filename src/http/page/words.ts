import type {
  BackendState,
  BackendStateName,
  Severity,
  SourceState,
  SourceStateName,
} from '../../report/types.ts';

/** How a thing looks; the words beside it always say the same. */
export type Tone = 'ok' | 'busy' | 'warning' | 'critical' | 'unknown';

export interface Status {
  readonly words: string;
  readonly tone: Tone;
}

export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'unknown', 'ok'];

const BACKEND_WORDS: Readonly<Record<BackendStateName, Status>> = {
  unknown: { words: 'not seen yet', tone: 'unknown' },
  initial_copy: { words: 'first copy', tone: 'busy' },
  idle: { words: 'up to date', tone: 'ok' },
  syncing: { words: 'copying', tone: 'busy' },
  retrying: { words: 'retrying', tone: 'warning' },
  blocked: { words: 'blocked', tone: 'critical' },
  unverified: { words: 'unverified', tone: 'warning' },
  paused: { words: 'paused', tone: 'unknown' },
};

/** `up to date`, `retrying: unreachable`, `blocked: not initialised`. */
export function backendStatus(backend: BackendState): Status {
  const { words, tone } = BACKEND_WORDS[backend.state];
  if (backend.reason !== undefined) return { words: `${words}: ${spaced(backend.reason)}`, tone };
  if (isLate(backend))
    return { words: backend.state === 'idle' ? 'behind' : words, tone: 'warning' };
  const isOwing = backend.state === 'idle' && (backend.missing?.length ?? 0) > 0;
  const isWaiting = isOwing || backend.progress?.waitingSince !== undefined;
  return isWaiting ? { words: 'waiting', tone: 'busy' } : { words, tone };
}

export function isLate({ lagMs, maxLagMs }: BackendState): boolean {
  return lagMs !== undefined && lagMs > maxLagMs;
}

const SOURCE_WORDS: Readonly<Record<SourceStateName, Status>> = {
  unknown: { words: 'not seen yet', tone: 'unknown' },
  ok: { words: 'readable', tone: 'ok' },
  missing: { words: 'missing', tone: 'critical' },
  unreadable: { words: 'unreadable', tone: 'critical' },
  empty: { words: 'empty', tone: 'critical' },
  emptied: { words: 'emptied', tone: 'critical' },
  not_a_repository: { words: 'not a repository', tone: 'critical' },
  erasure_format: { words: 'in MinIO’s own format', tone: 'critical' },
  config_changed: { words: 'config changed', tone: 'warning' },
  different_repository: { words: 'another repository', tone: 'critical' },
  busy: { words: 'busy', tone: 'warning' },
  timeout: { words: 'does not answer', tone: 'critical' },
  suspect: { words: 'suspect', tone: 'warning' },
  damaged: { words: 'damaged', tone: 'critical' },
};

export function sourceStatus({ state, corrupt }: SourceState): Status {
  return corrupt.length > 0 && state === 'ok'
    ? { words: 'damaged', tone: 'critical' }
    : SOURCE_WORDS[state];
}

function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}
