import fc from 'fast-check';
import type { Attempts, SourceAttempts } from '../../../src/facts/attempts.ts';
import type { Audit } from '../../../src/facts/audit.ts';
import type { Contents } from '../../../src/facts/contents.ts';
import type { History } from '../../../src/facts/history.ts';
import type { Interventions } from '../../../src/facts/interventions.ts';
import type { Pauses } from '../../../src/facts/pauses.ts';
import type { Place } from '../../../src/facts/place.ts';
import type { Progress } from '../../../src/facts/progress.ts';
import { RESTORE_OUTCOMES, type Restores } from '../../../src/facts/restores.ts';
import type { SourceContents } from '../../../src/facts/source-contents.ts';
import { AUDIT_FINDING_NAMES } from '../../../src/replication/audit-findings.ts';
import { ALARM_REASONS, type SourceGuard } from '../../../src/facts/source-guard.ts';
import type { SourceGroups } from '../../../src/facts/source-groups.ts';
import type { SourceHealth } from '../../../src/facts/source-health.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../../../src/report/types.ts';
import type { SourceMemory } from '../../../src/facts/source-memory.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { SHARD_COUNT, split } from '../../../src/repository/data-catalogue.ts';
import { idOf } from '../../arbitraries/ids.ts';

export const ids = fc.uniqueArray(
  fc.nat(15).map((n) => idOf(n)),
  { maxLength: 10 },
);

export const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.nat(1_000_000);

/** nothing is moving any more after a restart */
const MOVING: ReadonlySet<string> = new Set(['syncing', 'initial_copy']);

/** The fate of a field at a restart: values that come back as they were, or why they do not. */
type Fate<T> =
  | { readonly kept: fc.Arbitrary<T> }
  /** rebuilt from saved facts; the tests below compare it */
  | 'derived'
  /** only true of the process that knew it */
  | 'of this process';
type Fates<T> = { readonly [K in keyof T]-?: Fate<T[K]> };
const kept = <T>(arbitrary: fc.Arbitrary<T>) => ({ kept: arbitrary });

const trouble = fc.record({
  reason: fc.constantFrom('unreachable' as const, 'damaged' as const),
  message: fc.string(),
  hint: optional(fc.string()),
  isNotMounted: optional(fc.constant(true as const)),
});
const count = fc.nat(1_000);

/** The compiler asks for a line here for each new field of a chapter. */
const healthFates: Fates<SourceHealth> = {
  state: kept(fc.constantFrom(...SOURCE_STATES)),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  lastScanAt: kept(optional(time)),
  observedAt: kept(optional(time)),
  scans: kept(count),
  scanFailures: kept(count),
  locks: kept(optional(count)),
  oldestLockAt: kept(optional(time)),
  doubtfulSince: kept(optional(time)),
  noticed: kept(
    optional(
      fc.record({
        fault: fc.constantFrom('emptied' as const, 'different_repository' as const),
        isAccepted: optional(fc.constant(true as const)),
      }),
    ),
  ),
  uncountedSince: kept(optional(time)),
  acknowledged: kept(
    optional(
      fc.record({
        acknowledgedAt: time,
        by: fc.string(),
        reason: fc.string(),
        state: fc.constantFrom('suspect' as const, 'damaged' as const, 'emptied' as const),
        message: fc.string(),
      }),
    ),
  ),
};

const sourceContentsFates: Fates<SourceContents> = {
  configSha256: kept(optional(fc.string())),
  snapshots: 'derived',
  latest: 'derived',
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  ignored: kept(optional(count)),
  refused: kept(fc.array(fc.string())),
  arrivals: 'derived',
  acceptedKeys: kept(optional(ids)),
  listedKeys: 'of this process', // the first view lists them again
  malformedKeys: kept(optional(fc.array(fc.string()))),
  waitingKeys: kept(optional(count)),
  lastListing: kept(optional(time)),
};

const placeFates: Fates<Place> = {
  markerId: kept(optional(fc.string())),
  since: kept(optional(time)),
  up: kept(optional(fc.boolean())),
  isMissed: kept(optional(fc.boolean())),
  lastContact: kept(optional(time)),
  lastListing: kept(optional(time)),
  freeBytes: kept(optional(count)),
  totalBytes: kept(optional(count)),
  lastAbsence: kept(optional(fc.record({ since: time, endedAt: time }))),
};

const contentsFates: Fates<Contents> = {
  baselineAt: kept(optional(time)),
  missing: 'derived',
  evaluatedFor: 'derived',
  complete: 'derived',
  latest: 'derived',
  lost: 'derived',
  lostUnnamed: kept(optional(count)),
  held: 'derived',
  proven: 'derived',
  unproven: 'derived',
  told: 'derived',
  arrivals: kept(optional(fc.record({ seen: ids.map((list) => new Set(list)), order: ids }))),
  staleKeys: kept(optional(count)),
  keys: kept(optional(count)),
  objects: kept(optional(count)),
  bytes: kept(optional(count)),
  wholeConfig: kept(optional(fc.string())),
};

const failures = fc.record({ no_space: count }, { requiredKeys: [] });

/** The attempts of an activity other than the sync; the time of the last attempt is not saved. */
const otherAttempts = fc.record({
  trouble: optional(trouble),
  failures: count,
  configuredAt: optional(time),
  failingSince: optional(time),
  lastSuccess: optional(time),
  lastDurationMs: optional(count),
  counters: fc.record({ failures }),
});

const others = optional(fc.dictionary(fc.constantFrom('audit', 'toy'), otherAttempts));

const sourceAttemptsFates: Fates<SourceAttempts> = { others: kept(others) };

const auditFates: Fates<Audit> = {
  lastAudit: kept(
    optional(
      fc.record({
        at: time,
        window: fc.record({ from: optional(time), to: time }),
        findings: fc.array(
          fc.record({
            finding: fc.constantFrom(...AUDIT_FINDING_NAMES),
            count,
            bytes: optional(count),
            names: fc.array(fc.string()),
            action: optional(fc.string()),
          }),
        ),
        repaired: optional(
          fc.array(fc.record({ from: fc.string(), objects: count, repairedAt: time })),
        ),
        surplus: optional(fc.record({ snapshots: count, objects: count, bytes: count })),
      }),
    ),
  ),
};

const attemptsFates: Fates<Attempts> = {
  state: kept(fc.constantFrom(...BACKEND_STATES.filter((state) => !MOVING.has(state)))),
  stateSince: kept(optional(time)),
  trouble: kept(optional(trouble)),
  failures: kept(count),
  lastSuccess: kept(optional(time)),
  lastDurationMs: kept(optional(count)),
  lastAttemptAt: 'of this process', // a restart tries at once
  nextAttemptAt: 'of this process',
  corrupt: kept(fc.array(fc.string())),
  counters: kept(
    fc.record({
      syncs: count,
      failures,
      replans: count,
      transferredObjects: count,
      transferredBytes: count,
    }),
  ),
  others: kept(others),
};

const restoreCheck = fc.record({
  at: time,
  outcome: fc.constantFrom(...RESTORE_OUTCOMES),
  snapshot: optional(fc.string()),
  snapshotAt: optional(time),
  files: count,
  bytes: count,
  reason: optional(fc.constantFrom('verify' as const, 'no_space' as const)),
  message: optional(fc.string()),
  hint: optional(fc.string()),
});

const restoresFates: Fates<Restores> = {
  restoreJudged: kept(optional(restoreCheck)),
  restoreUnclear: kept(optional(restoreCheck)),
  restoredAt: kept(optional(time)),
  restoredSnapshotAt: kept(optional(time)),
  restoringIn: kept(optional(fc.string())),
  restoreCounts: kept(
    optional(fc.record({ ok: count, failed: count, inconclusive: count }, { requiredKeys: [] })),
  ),
};

const progressFates: Fates<Progress> = {
  pendingObjects: kept(optional(count)),
  pendingBytes: kept(optional(count)),
  progressAt: kept(optional(time)),
  progress: 'of this process', // nothing moves after a restart
  doing: 'of this process',
};

const historyFates: Fates<History> = {
  setUpAt: kept(time),
  setUpClaimed: kept(optional(time)),
  times: 'derived',
  claims: 'derived',
  lostUnreplicated: kept(count),
};

const pause = fc.record({ since: time, endsAt: time, by: fc.string(), reason: fc.string() });

const pausesFates: Fates<Pauses> = {
  clientPause: kept(optional(pause)),
  backendPauses: kept(optional(fc.dictionary(fc.constantFrom('nas', 'usb'), pause))),
};

const intervention = fc.record({
  at: time,
  by: fc.string(),
  reason: optional(fc.string()),
  backend: optional(fc.string()),
  what: fc.constantFrom('acknowledged' as const, 'announced' as const, 'resumed' as const),
  endsAt: optional(time),
  message: optional(fc.string()),
});

const interventionsFates: Fates<Interventions> = {
  interventions: kept(optional(fc.array(intervention))),
};

/** Values for all fields that are kept. */
function drawKept<T extends object>(fates: Fates<T>): fc.Arbitrary<Partial<T>> {
  const arbitraries: Record<string, fc.Arbitrary<unknown>> = {};
  for (const key in fates) {
    const fate: Fate<T[typeof key]> = fates[key];
    if (typeof fate !== 'string') arbitraries[key] = fate.kept;
  }
  return fc.record(arbitraries) as unknown as fc.Arbitrary<Partial<T>>;
}

/** Each chapter as a state file gives it back. */
export const chapters = {
  place: drawKept(placeFates),
  contents: drawKept(contentsFates),
  attempts: drawKept(attemptsFates),
  sourceAttempts: drawKept(sourceAttemptsFates),
  audit: drawKept(auditFates),
  restores: drawKept(restoresFates),
  progress: drawKept(progressFates),
  health: drawKept(healthFates),
  sourceContents: drawKept(sourceContentsFates),
  history: drawKept(historyFates),
  pauses: drawKept(pausesFates),
  interventions: drawKept(interventionsFates),
};

const names = ids.map((list) => Catalogue.from(list.map((id) => [id, undefined])));
const shard = fc.record({ count, digest: fc.string() });

export const guard: fc.Arbitrary<SourceGuard> = fc.record({
  alarms: optional(
    fc.array(
      fc.record({ reason: fc.constantFrom(...ALARM_REASONS), since: time, message: fc.string() }),
    ),
  ),
  announced: optional(
    fc.record({ announcedAt: time, endsAt: time, by: fc.string(), reason: fc.string() }),
  ),
  newestSeen: optional(fc.record({ id: fc.string(), at: time })),
  removed: optional(fc.array(fc.record({ time, removedAt: time }))),
  backdated: optional(fc.array(fc.record({ id: fc.string(), seenAt: time }))),
  overwritten: optional(fc.array(fc.string())),
  keyNames: optional(names),
  keysChanged: optional(fc.record({ changedAt: time, added: count, removed: count })),
});

const groupName = { host: optional(fc.string()), path: optional(fc.string()) };

export const groups: fc.Arbitrary<SourceGroups> = fc.record({
  groups: optional(
    fc.array(
      fc.record({
        ...groupName,
        since: time,
        latest: optional(fc.record({ id: fc.string(), at: time })),
      }),
    ),
  ),
  readAt: optional(time),
  readFrom: optional(fc.string()),
  origins: optional(
    fc.array(
      fc.record({
        host: optional(fc.string()),
        paths: fc.array(fc.string()),
        snapshots: names,
        hasMorePaths: optional(fc.constant(true as const)),
      }),
    ),
  ),
  unreadable: optional(names),
});

/** The source memory, which stores only the number of packs and a digest. */
export const memory: fc.Arbitrary<SourceMemory> = fc.record({
  record: optional(
    fc.record({
      index: names,
      packs: fc.array(shard, { minLength: SHARD_COUNT, maxLength: SHARD_COUNT }),
      newIndex: optional(fc.record({ ids: names, at: time })),
      early: count,
      replacedAt: optional(time),
      vanished: optional(
        fc.record({
          since: time,
          count,
          total: count,
          excused: count,
          isPending: fc.boolean(),
          ids: optional(names.map(split)),
        }),
      ),
      lostIndex: optional(names),
      hasPacksSince: fc.boolean(),
      incompleteLooks: count,
      isReplacing: fc.boolean(),
      lookedAt: time,
      locks: optional(fc.record({ count, newestAt: optional(time), changedAt: optional(time) })),
      locksTell: fc.boolean(),
    }),
  ),
});
