import type { BackendState, ClientReport } from '../report/types.ts';
import type { BACKEND_EXPECTATIONS, EXPECTATIONS } from './names.ts';
import { seconds, type Values } from './values.ts';

export function expectationValues(client: ClientReport): Values<keyof typeof EXPECTATIONS> {
  return {
    expected_snapshot_copies: client.protection.expectedCopies,
    expected_snapshot_interval_seconds: seconds(client.snapshotEveryMs ?? undefined),
    expected_groups: client.groups?.expected.length,
    expected_protection_lag_seconds: seconds(client.protection.expectedWithinMs),
    expected_scan_interval_seconds: seconds(client.pollMs),
  };
}

export function backendExpectationValues(
  backend: BackendState,
): Values<keyof typeof BACKEND_EXPECTATIONS> {
  return {
    expected_replication_lag_seconds: seconds(backend.maxLagMs),
    expected_contact_interval_seconds: seconds(backend.offlineMs),
  };
}
