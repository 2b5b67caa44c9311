import { BACKEND_STATES, type BackendState } from '../report/types.ts';
import { REASONS } from '../runtime/errors.ts';
import { findingsOf } from './activities.ts';
import type { BACKEND_EXPECTATIONS, BACKEND_PAUSES, BACKENDS } from './names.ts';
import type { AUDITS } from './proof-names.ts';
import { ageSeconds, flag, oneHot, seconds, type ByLabel, type Values } from './values.ts';

type OfBackend =
  | keyof typeof BACKENDS
  | keyof typeof AUDITS
  | keyof typeof BACKEND_EXPECTATIONS
  | keyof typeof BACKEND_PAUSES;

export function backendValues(backend: BackendState, reportedAt: number): Values<OfBackend> {
  const surplus = backend.lastAudit?.surplus;
  return {
    backend_latest_snapshot_timestamp_seconds: seconds(backend.latestSnapshotAt),
    backend_latest_snapshot_age_seconds: ageSeconds(backend.latestSnapshotAt, reportedAt),
    backend_replication_lag_seconds: seconds(backend.lagMs),
    backend_snapshots: backend.snapshots,
    backend_missing_snapshots: backend.missing?.length,
    backend_stale_keys: backend.staleKeys,
    backend_pending_objects: backend.pendingObjects,
    backend_pending_bytes: backend.pendingBytes,
    backend_bytes: backend.bytes,
    backend_surplus_snapshots: surplus?.snapshots,
    backend_surplus_objects: surplus?.objects,
    backend_surplus_bytes: surplus?.bytes,
    backend_free_bytes: backend.freeBytes,
    backend_total_bytes: backend.totalBytes,
    audit_findings: findingsOf(backend.lastAudit),
    backend_initial_copy: initialCopy(backend),
    backend_up: flag(backend.up),
    backend_offline: offline(backend),
    backend_last_contact_timestamp_seconds: seconds(backend.lastContact),
    backend_last_listing_timestamp_seconds: seconds(backend.lastListing),
    backend_state: ONE_HOT[backend.state],
    backend_trouble: backend.reason === undefined ? NO_TROUBLE : TROUBLE[backend.reason],
    expected_replication_lag_seconds: seconds(backend.maxLagMs),
    expected_contact_interval_seconds: seconds(backend.offlineMs),
    backend_paused_until_timestamp_seconds: seconds(backend.pause?.endsAt),
  };
}

/** Unknown where nothing can be checked. */
function initialCopy({ baselineAt, countsAsCopy }: BackendState): number | undefined {
  if (countsAsCopy === false) return undefined;
  return baselineAt === undefined ? 1 : 0;
}

function offline({ offlineMs, expectedBackAt }: BackendState): number | undefined {
  return offlineMs === undefined ? undefined : Number(expectedBackAt !== undefined);
}

const ONE_HOT = oneHot(BACKEND_STATES);

/** "No trouble" is exported as 0, so that an alert ends with the next scrape and not only when its series is stale. */
const NO_TROUBLE: ByLabel = Object.fromEntries(REASONS.map((reason) => [reason, 0]));

const TROUBLE = oneHot(REASONS);
