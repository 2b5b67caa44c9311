import type { BackendState } from '../report/types.ts';
import { REASONS } from '../runtime/errors.ts';
import type { SYNCS } from './names.ts';
import { perObject, seconds, type ByLabel, type Values } from './values.ts';

export function syncValues(backend: BackendState): Values<keyof typeof SYNCS> {
  const { counters } = backend;
  return {
    syncs_total: counters.syncs,
    sync_replans_total: counters.replans,
    sync_transferred_bytes_total: counters.transferredBytes,
    sync_transferred_objects_total: counters.transferredObjects,
    sync_failures_total: allFailures(counters.failures),
    sync_consecutive_failures: backend.failures,
    sync_last_success_timestamp_seconds: seconds(backend.lastSuccess),
    sync_last_duration_seconds: seconds(backend.lastDurationMs),
    sync_progress_timestamp_seconds: seconds(backend.progressAt),
  };
}

/** Every reason has its series from the start, so that the first failure is an increase. */
const NO_FAILURES: ByLabel = Object.fromEntries(REASONS.map((reason) => [reason, 0]));

const allFailures = perObject((failures: ByLabel): ByLabel => ({ ...NO_FAILURES, ...failures }));
