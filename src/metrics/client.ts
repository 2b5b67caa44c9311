import type { ClientReport } from '../report/types.ts';
import type { EXPECTATIONS, PAUSES, PROTECTION, SAVING } from './names.ts';
import type { RESTORE_CHECKS } from './proof-names.ts';
import { seconds, type Values } from './values.ts';

type OfClient =
  | keyof typeof PROTECTION
  | keyof typeof SAVING
  | keyof typeof EXPECTATIONS
  | keyof typeof PAUSES
  | keyof typeof RESTORE_CHECKS;

/** Metrics of a client as a whole. */
export function clientValues(client: ClientReport): Values<OfClient> {
  const { protection } = client;
  return {
    snapshot_copies: protection.copies,
    snapshot_unreachable_copies: protection.unreachableCopies,
    protected_snapshot_timestamp_seconds: seconds(protection.protectedSnapshotAt),
    protection_lag_seconds: seconds(protection.lagMs),
    snapshots_lost_unreplicated_total: protection.lostUnreplicated,
    state_save_failures_total: client.saving?.failures,
    expected_snapshot_copies: protection.expectedCopies,
    expected_snapshot_interval_seconds: seconds(client.snapshotEveryMs ?? undefined),
    expected_groups: client.groups?.expected.length,
    expected_protection_lag_seconds: seconds(protection.expectedWithinMs),
    expected_scan_interval_seconds: seconds(client.pollMs),
    client_paused_until_timestamp_seconds: seconds(client.pause?.endsAt),
    restore_checks_total: client.restoreChecks,
  };
}
