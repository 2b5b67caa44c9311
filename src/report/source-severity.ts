import type { Severity, SourceStateName } from './types.ts';

/** The severity of each state of a source. */
export const SOURCE_SEVERITY: Readonly<Record<SourceStateName, Severity>> = {
  ok: 'ok',
  unknown: 'unknown',
  busy: 'warning',
  timeout: 'critical',
  missing: 'critical',
  unreadable: 'critical',
  empty: 'critical',
  emptied: 'critical',
  not_a_repository: 'critical',
  erasure_format: 'critical',
  config_changed: 'warning',
  different_repository: 'critical',
  suspect: 'warning',
  damaged: 'critical',
};
