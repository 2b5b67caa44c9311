import { SOURCE_SEVERITY } from '../../report/source-severity.ts';
import { describeOffline } from '../../report/in-words.ts';
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
  const offline = describeOffline(backend);
  if (offline !== undefined) return { words: offline, tone: 'unknown' };
  if (backend.reason !== undefined) return { words: `${words}: ${spaced(backend.reason)}`, tone };
  if (isLate(backend))
    return { words: backend.state === 'idle' ? 'behind' : words, tone: 'warning' };
  const isOwing = backend.state === 'idle' && (backend.missing?.length ?? 0) > 0;
  const isWaiting = isOwing || backend.progress?.waitingSince !== undefined;
  return isWaiting ? { words: 'waiting', tone: 'busy' } : { words, tone };
}

export function isLate({ lagMs, maxLagMs, expectedBackAt }: BackendState): boolean {
  return expectedBackAt === undefined && lagMs !== undefined && lagMs > maxLagMs;
}

const SOURCE_WORDS: Readonly<Record<SourceStateName, string>> = {
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

export function sourceStatus({ state, corrupt }: SourceState): Status {
  return corrupt.length > 0 && state === 'ok'
    ? { words: 'damaged', tone: 'critical' }
    : { words: SOURCE_WORDS[state], tone: SOURCE_SEVERITY[state] };
}

function spaced(name: string): string {
  return name.replaceAll('_', ' ');
}
