import type { ClientReport } from '../report/types.ts';
import type { PROTECTION } from './names.ts';
import { seconds, type Values } from './values.ts';

export function protectionValues({ protection }: ClientReport): Values<keyof typeof PROTECTION> {
  return {
    snapshot_copies: protection.copies,
    snapshot_unreachable_copies: protection.unreachableCopies,
    protected_snapshot_timestamp_seconds: seconds(protection.protectedSnapshotAt),
    protection_lag_seconds: seconds(protection.lagMs),
    snapshots_lost_unreplicated_total: protection.lostUnreplicated,
  };
}
