import type { Contents } from '../facts/contents.ts';
import type { ClientFacts } from '../facts/facts.ts';
import { pausesOf } from '../facts/pauses.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import { activitiesOf, type Schedule } from './activities.ts';
import { sourceUncountedSince } from './counting.ts';
import { lastAuditOf } from './last-audit.ts';
import { restoresOf } from './restores.ts';
import { optional } from '../runtime/optional.ts';
import type { SourceState } from './types.ts';

/** The part of a client's configuration that the report about its source needs. */
export interface SourceSettings {
  readonly sourceLocation: string;
  /** the activities at the source */
  readonly sourceSchedules?: readonly Schedule[];
  /** false without the password: no restore check can confirm an earlier one, or refute it */
  readonly canRestore?: boolean;
}

/** The state of the source; `reportAt` adds what depends on the time. Pure. */
export function sourceState(
  { source, backends, pauses }: ClientFacts,
  { sourceLocation: location, sourceSchedules, canRestore = true }: SourceSettings,
): SourceState {
  const corrupt = new Set([...backends.values()].flatMap(({ attempts }) => attempts.corrupt));
  const { state, scans, scanFailures, stateSince, lastScanAt, doubtfulSince, acknowledged } =
    source.health;
  const { trouble, locks, oldestLockAt } = source.health;
  const { refused, ignored, malformedKeys, waitingKeys, lastListing } = source.contents;
  const { alarms = [], announced, keysChanged } = source.guard;
  return {
    state,
    location,
    scans,
    scanFailures,
    refused,
    corrupt: [...corrupt].sort(),
    ...optional({
      ...trouble,
      ...numbers(source.contents, source.contents.snapshots),
      doing: source.progress.doing,
      stateSince,
      lastScanAt,
      lastListing,
      locks,
      oldestLockAt,
      ignored,
      malformedKeys,
      waitingKeys,
      doubtfulSince,
      acknowledged,
      uncountedSince: sourceUncountedSince(source.health),
      announced,
      keysChanged,
      alarms: alarms.length === 0 ? undefined : alarms,
      activities: activitiesOf(sourceSchedules, {
        ...source,
        pauses: pausesOf(pauses, SOURCE_NAME),
      }),
      lastAudit: lastAuditOf(source.audit),
      restores: canRestore ? restoresOf(source.restores) : undefined,
    }),
  };
}

/** The facts about the snapshots and objects at a place. */
export function numbers(
  { objects, bytes, latest }: Pick<Contents, 'objects' | 'bytes' | 'latest'>,
  snapshots: Catalogue | undefined,
) {
  const [latestSnapshotAt, latestSnapshotId] = [latest?.at, latest?.id];
  return { objects, bytes, snapshots: snapshots?.count, latestSnapshotAt, latestSnapshotId };
}
