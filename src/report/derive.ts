import { expectedBackAt } from '../facts/expected-back.ts';
import { activitiesOf, type Schedule } from './activities.ts';
import { assess } from './assess.ts';
import { awayDisks, uncountedBackends, type AwayDisk } from './counting.ts';
import { groupsState, type WantedGroup } from './expected-groups.ts';
import { lastAuditOf } from './last-audit.ts';
import { withLag, withoutPauses } from './lag.ts';
import { latestTimeIn, notAhead } from './not-ahead.ts';
import type { BackendFacts, ClientFacts } from '../facts/facts.ts';
import { restoreChecksOf, restoresOf } from './restores.ts';
import { shownAttempts } from './shown-attempts.ts';
import { numbers, sourceState, type SourceSettings } from './source-state.ts';
import { backendPauseAt, clientPauseAt, pausesOf, type Pause } from '../facts/pauses.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import { optional } from '../runtime/optional.ts';
import { protectionAt, type ProtectionFacts } from './protection.ts';
import type {
  AwayDiskState,
  BackendState,
  ClientReport,
  GroupsState,
  MissingSnapshot,
  Protection,
  Saving,
} from './types.ts';

/** The part of a client's configuration that the report needs. */
export interface ReportSettings extends SourceSettings {
  readonly pollMs: number;
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
  readonly copies: number;
  readonly copiesWithinMs: number;
  /** hosts and paths that each need a recent snapshot */
  readonly groups?: readonly WantedGroup[];
  readonly backends: readonly {
    readonly name: string;
    readonly kind: BackendState['kind'];
    readonly location: string;
    readonly maxLagMs: number;
    /** its copies count while its last contact is younger than this */
    readonly seenWithinMs: number;
    /** how long it may be away */
    readonly offlineMs?: number;
    readonly countsAsCopy?: false;
    readonly hasMarker: boolean;
    /** the activities there, except the sync */
    readonly schedules?: readonly Schedule[];
  }[];
  /** why the new configuration was refused; undefined when it is in use */
  readonly configError?: string | undefined;
  readonly saving?: Saving | undefined;
}

/** The part of a report that does not depend on the time; `reportAt` adds the rest. */
export interface Description {
  readonly facts: ClientFacts;
  readonly settings: ReportSettings;
  readonly protection: ProtectionFacts | undefined;
  /** computed for the epoch */
  readonly described: Omit<ClientReport, 'severity' | 'findings'>;
  /** the latest time in it that describes the past */
  readonly latestTime: number;
}

/** The report of one client at an instant (milliseconds since the epoch). Pure; does no I/O (I9). */
export function deriveReport(
  facts: ClientFacts,
  settings: ReportSettings,
  now: number,
): ClientReport {
  return reportAt(describe(facts, settings, protectionAt(facts, settings, now)), now);
}

/** The expensive part, repeated only for new facts, settings or protection. */
export function describe(
  facts: ClientFacts,
  settings: ReportSettings,
  protection: ProtectionFacts | undefined,
): Description {
  const backends = settings.backends.flatMap((backend) => {
    const known = facts.backends.get(backend.name);
    if (known === undefined) return [];
    const pauses = pausesOf(facts.pauses, backend.name);
    const { canRestore } = settings;
    const state = backendState({ ...backend, known, pauses, canRestore });
    return [owesNothing(state) ? withLag(state, facts, 0) : state];
  });
  const described = {
    client: facts.client,
    reportedAt: 0,
    ...optional({ observedAt: facts.source.health.observedAt, dueAt: dueAt(facts, settings) }),
    setUpAt: facts.history.setUpAt,
    pollMs: settings.pollMs,
    snapshotEveryMs: settings.snapshotEveryMs,
    graceMs: settings.graceMs,
    configValid: settings.configError === undefined,
    ...optional({ configError: settings.configError, saving: settings.saving }),
    source: sourceState(facts, settings),
    backends,
    protection: protectionOf(facts, settings, protection),
    ...optional({ groups: groupsOf(facts, settings), restoreChecks: restoreChecksOf(facts) }),
  };
  const due = [
    facts.source.attempts,
    ...[...facts.backends.values()].map(({ attempts, place }) => [
      ...[attempts.others, place.lastAbsence],
    ]),
  ];
  const latestTime = latestTimeIn([described, due, facts.source.groups.groups, facts.pauses]);
  return { facts, settings, protection, described, latestTime };
}

export function reportAt(description: Description, now: number): ClientReport {
  const { facts, settings } = description;
  const described = describedAt(description, now);
  const away = awayDisks(facts, settings).filter(({ until }) => now < until);
  const uncounted = uncountedBackends(facts, settings, now);
  const report = {
    ...described,
    reportedAt: now,
    backends: described.backends.map((state) => {
      const lagging = owesNothing(state)
        ? state
        : withLag(withoutPauses(state, facts, now), facts, now);
      const known = facts.backends.get(state.backend);
      const others = away.filter(({ backend }) => backend === state.backend);
      const pause = backendPauseAt(facts.pauses, state.backend, now);
      const timed = {
        ...(pause && { state: 'paused' as const, stateSince: pause.since, pause }),
        uncountedSince: uncounted.get(state.backend),
        expectedBackAt: known && expectedBackAt(known, state.offlineMs, now),
        away: others.length === 0 ? undefined : others.map(awayDiskState),
      };
      return { ...lagging, ...optional(timed) };
    }),
    ...optional({ pause: clientPauseAt(facts.pauses, now) }),
    protection: {
      ...described.protection,
      ...optional({ lagMs: protectionLag(description, now) }),
    },
  };
  return { ...report, ...assess(report, now) };
}

function awayDiskState({ disk: { place, contents }, until }: AwayDisk): AwayDiskState {
  return {
    expectedBackAt: until,
    snapshots: contents.complete?.count ?? 0,
    ...optional({ lastContact: place.lastContact, latestSnapshotAt: contents.latest?.at }),
  };
}

/** Past events are never reported as future ones, even if a clock was wrong then or is wrong now. */
function describedAt(
  { facts, settings, described, latestTime }: Description,
  now: number,
): Description['described'] {
  if (latestTime <= now) return described;
  const clamped = notAhead(described, now);
  const backends = clamped.backends.map((state) => {
    const schedules = settings.backends.find(({ name }) => name === state.backend)?.schedules;
    const known = facts.backends.get(state.backend);
    const pauses = pausesOf(facts.pauses, state.backend);
    const activities = known && activitiesOf(schedules, { ...known, pauses }, now);
    return { ...state, ...optional({ activities }) };
  });
  const pauses = pausesOf(facts.pauses, SOURCE_NAME);
  const activities = activitiesOf(settings.sourceSchedules, { ...facts.source, pauses }, now);
  const source = { ...clamped.source, ...optional({ activities }) };
  const timed = { dueAt: dueAt(facts, settings, now), groups: groupsOf(facts, settings, now) };
  return { ...clamped, source, backends, ...optional(timed) };
}

function groupsOf(
  { source, history: { times } }: ClientFacts,
  { groups }: ReportSettings,
  now?: number,
): GroupsState | undefined {
  return groupsState(groups, { source, times }, now);
}

/** Latest + snapshotEvery + grace, or counted from when the client was set up. */
function dueAt(
  { source, history: { setUpAt } }: ClientFacts,
  { snapshotEveryMs, graceMs }: ReportSettings,
  now = Infinity,
): number | undefined {
  if (snapshotEveryMs === null) return undefined;
  return Math.min(source.contents.latest?.at ?? setUpAt, now) + snapshotEveryMs + graceMs;
}

type BackendQuestion = ReportSettings['backends'][number] & {
  readonly known: BackendFacts;
  readonly canRestore: boolean | undefined;
  readonly pauses: readonly Pause[];
};

function backendState(question: BackendQuestion): BackendState {
  const { name, kind, location, maxLagMs, offlineMs, countsAsCopy, hasMarker, known } = question;
  const { schedules, canRestore = true, pauses } = question;
  const { place, contents, progress } = known;
  const attempts = shownAttempts(known.attempts);
  const { state, stateSince, failures, counters, trouble } = attempts;
  const { lastSuccess, lastDurationMs, nextAttemptAt } = attempts;
  const { since, up, lastContact, lastListing, freeBytes, totalBytes } = place;
  const { baselineAt, keys, staleKeys, missing, unproven, complete } = contents;
  return {
    backend: name,
    kind,
    location,
    hasMarker,
    maxLagMs,
    state,
    failures,
    counters,
    ...optional({
      ...trouble,
      ...numbers(contents, complete),
      ...progress,
      countsAsCopy,
      offlineMs,
      stateSince,
      activities: activitiesOf(schedules, { ...known, pauses }),
      lastAudit: lastAuditOf(known.audit),
      restores: canRestore ? restoresOf(known.restores) : undefined,
      lastSuccess,
      lastDurationMs,
      nextAttemptAt,
      baselineAt,
      keys,
      staleKeys,
      since,
      up,
      lastContact,
      lastListing,
      freeBytes,
      totalBytes,
      unproven: unproven?.count,
      missing: missing && listMissing(missing),
    }),
  };
}

/** The facts of a backend that do not change with the time. */
function owesNothing({ missing }: BackendState): boolean {
  return missing?.length === 0;
}

function listMissing(missing: ReadonlyMap<string, number>): MissingSnapshot[] {
  return [...missing].map(([id, owedSince]) => ({ id, owedSince }));
}

function protectionOf(
  facts: ClientFacts,
  settings: ReportSettings,
  protection: ProtectionFacts | undefined,
): Protection {
  return {
    expectedCopies: settings.copies,
    expectedWithinMs: settings.copiesWithinMs,
    lostUnreplicated: facts.history.lostUnreplicated,
    ...optional(protection ?? {}),
  };
}

function protectionLag({ protection }: Description, now: number): number | undefined {
  if (protection === undefined) return undefined;
  const { unprotectedSince = now } = protection;
  return Math.max(0, now - unprotectedSince);
}
