import type {
  BackendState,
  ClientReport,
  DaemonReport,
  GroupsState,
  SourceState,
} from '../../../src/report/types.ts';

/** 2026-03-01 12:00:00 UTC */
export const NOW = Date.UTC(2026, 2, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GIB = 2 ** 30;

export function sampleSource(fields: Partial<SourceState> = {}): SourceState {
  return {
    state: 'ok',
    location: '/backups/restic',
    stateSince: NOW - 40 * DAY,
    lastScanAt: NOW - 30_000,
    scans: 57_600,
    scanFailures: 0,
    snapshots: 31,
    latestSnapshotAt: NOW - 3 * HOUR,
    latestSnapshotId: 'a'.repeat(64),
    objects: 12_345,
    bytes: 200 * GIB,
    locks: 0,
    corrupt: [],
    refused: [],
    activities: [
      {
        name: 'audit',
        everyMs: DAY,
        failures: {},
        lastSuccessAt: NOW - 6 * HOUR,
        dueAt: NOW + 42 * HOUR,
      },
    ],
    lastAudit: { auditedAt: NOW - 6 * HOUR, window: { endedAt: NOW - 6 * HOUR }, findings: [] },
    ...fields,
  };
}

export function sampleBackend(fields: Partial<BackendState> = {}): BackendState {
  return {
    backend: 'nas',
    kind: 'directory',
    location: '/mnt/nas/restic',
    hasMarker: true,
    state: 'idle',
    stateSince: NOW - 2 * HOUR,
    since: NOW - 40 * DAY,
    baselineAt: NOW - 39 * DAY,
    up: true,
    lastContact: NOW - 30_000,
    lastListing: NOW - 5 * HOUR,
    lastSuccess: NOW - 2 * HOUR,
    lastDurationMs: 42_500,
    failures: 0,
    missing: [],
    staleKeys: 0,
    snapshots: 31,
    latestSnapshotAt: NOW - 3 * HOUR,
    latestSnapshotId: 'a'.repeat(64),
    objects: 12_345,
    bytes: 200 * GIB,
    freeBytes: 1500 * GIB,
    totalBytes: 4000 * GIB,
    pendingObjects: 0,
    pendingBytes: 0,
    progressAt: NOW - 2 * HOUR,
    lagMs: 0,
    maxLagMs: 6 * HOUR,
    activities: [
      {
        name: 'audit',
        everyMs: DAY,
        failures: { timeout: 3 },
        lastSuccessAt: NOW - 5 * HOUR,
        dueAt: NOW + 43 * HOUR,
      },
    ],
    lastAudit: {
      auditedAt: NOW - 5 * HOUR,
      window: { endedAt: NOW - 11 * HOUR },
      findings: [],
      surplus: { snapshots: 0, objects: 0, bytes: 0 },
    },
    counters: {
      syncs: 41,
      failures: { unreachable: 2 },
      replans: 1,
      transferredObjects: 12_345,
      transferredBytes: 200 * GIB,
    },
    ...fields,
  };
}

/** A backend that is configured and was never seen. */
export function unseenBackend(backend: string): BackendState {
  return {
    backend,
    kind: 'directory',
    location: `/mnt/${backend}/restic`,
    hasMarker: true,
    state: 'unknown',
    failures: 0,
    maxLagMs: 6 * HOUR,
    counters: { syncs: 0, failures: {}, replans: 0, transferredObjects: 0, transferredBytes: 0 },
  };
}

export function sampleClient(fields: Partial<ClientReport> = {}): ClientReport {
  return {
    client: 'web',
    reportedAt: NOW,
    observedAt: NOW - 30_000,
    setUpAt: NOW - 40 * DAY,
    pollMs: MINUTE,
    snapshotEveryMs: DAY,
    graceMs: 6 * HOUR,
    dueAt: NOW + 27 * HOUR,
    configValid: true,
    saving: { failures: 0 },
    source: sampleSource(),
    backends: [sampleBackend(), sampleBackend({ backend: 'offsite', offlineMs: 14 * DAY })],
    protection: {
      expectedCopies: 3,
      expectedWithinMs: DAY,
      copies: 3,
      unreachableCopies: 0,
      protectedSnapshotAt: NOW - 3 * HOUR,
      unprotected: 0,
      lagMs: 0,
      lostUnreplicated: 0,
    },
    severity: 'ok',
    findings: [],
    ...fields,
  };
}

/** Two paths of one host are expected; one of them is overdue. */
export const SAMPLE_GROUPS: GroupsState = {
  expected: [
    {
      host: 'web',
      path: '/etc',
      snapshotEveryMs: DAY,
      graceMs: 6 * HOUR,
      newestId: 'a'.repeat(64),
      newestAt: NOW - 3 * HOUR,
      dueAt: NOW + 27 * HOUR,
    },
    {
      host: 'web',
      path: '/home',
      snapshotEveryMs: DAY,
      graceMs: 6 * HOUR,
      newestId: 'b'.repeat(64),
      newestAt: NOW - 48 * HOUR,
      dueAt: NOW - 18 * HOUR,
    },
  ],
  readAt: NOW - 3 * HOUR,
  readFrom: 'nas',
  unread: 0,
};

/** One backend is not initialised, the other is in the middle of its first copy. */
export function troubledClient(): ClientReport {
  return sampleClient({
    client: 'db',
    restoreChecks: { ok: 3, failed: 1, inconclusive: 1 },
    source: sampleSource({
      restores: {
        checkedAt: NOW - DAY,
        isGood: true,
        restoredAt: NOW - DAY,
        restoredSnapshotAt: NOW - 2 * DAY,
      },
      locks: 1,
      oldestLockAt: NOW - 26 * HOUR,
      corrupt: [`data/${'c'.repeat(64)}`],
    }),
    backends: [
      sampleBackend({
        restores: {
          checkedAt: NOW - HOUR,
          isGood: false,
          failure: '/etc/passwd was not restored',
          message: '/etc/passwd was not restored',
          snapshot: 'a'.repeat(64),
        },
        state: 'blocked',
        reason: 'not_initialised',
        message: '/mnt/nas/restic/db carries no .backup-syncd/backend.json: is the disk mounted?',
        hint: 'Mount it. If this is a new backend: `backup-syncd backend init db nas`',
        failures: 4,
        missing: [{ id: 'a'.repeat(64), owedSince: NOW - 9 * HOUR }],
        lagMs: 9 * HOUR,
        latestSnapshotAt: NOW - 27 * HOUR,
        nextAttemptAt: NOW + 25 * MINUTE,
        lastAudit: {
          auditedAt: NOW - 5 * HOUR,
          window: { endedAt: NOW - 11 * HOUR },
          findings: [{ finding: 'surplus', count: 340, bytes: 12 * GIB, names: [] }],
          surplus: { snapshots: 5, objects: 340, bytes: 12 * GIB },
        },
        counters: {
          syncs: 45,
          failures: { not_initialised: 4 },
          replans: 0,
          transferredObjects: 900,
          transferredBytes: 12 * GIB,
        },
      }),
      firstCopy(),
    ],
    protection: {
      expectedCopies: 3,
      expectedWithinMs: DAY,
      copies: 1,
      unreachableCopies: 1,
      unprotected: 31,
      unprotectedSince: NOW - 2 * HOUR,
      lagMs: 2 * HOUR,
      lostUnreplicated: 1,
    },
    severity: 'critical',
    findings: [
      {
        kind: 'backend_not_initialised',
        severity: 'critical',
        backend: 'nas',
        message: '/mnt/nas/restic/db carries no .backup-syncd/backend.json: is the disk mounted?',
        hint: 'Mount it. If this is a new backend: `backup-syncd backend init db nas`',
      },
      {
        kind: 'source_refused_names',
        severity: 'warning',
        message: 'A lock at the source is 26 hours old',
        hint: 'restic unlock',
      },
    ],
  });
}

function firstCopy(): BackendState {
  return {
    ...unseenBackend('offsite'),
    state: 'initial_copy',
    stateSince: NOW - 2 * HOUR,
    since: NOW - 3 * HOUR,
    up: true,
    lastContact: NOW - 2000,
    lastListing: NOW - 2 * HOUR,
    missing: [{ id: 'a'.repeat(64), owedSince: NOW - 2 * HOUR }],
    staleKeys: 2,
    lagMs: 2 * HOUR,
    snapshots: 0,
    pendingObjects: 8000,
    pendingBytes: 120 * GIB,
    progressAt: NOW - 2000,
    progress: {
      phase: 'data',
      startedAt: NOW - 2 * HOUR,
      updatedAt: NOW - 2000,
      objects: 4345,
      totalObjects: 12_345,
      bytes: 80 * GIB,
      totalBytes: 200 * GIB,
    },
    counters: {
      syncs: 1,
      failures: {},
      replans: 0,
      transferredObjects: 4345,
      transferredBytes: 80 * GIB,
    },
  };
}

/** Configured a moment ago: nothing is known of it yet, and no snapshot is expected. */
export function freshClient(client = 'laptop'): ClientReport {
  return {
    client,
    reportedAt: NOW,
    setUpAt: NOW - 5000,
    pollMs: HOUR,
    snapshotEveryMs: null,
    graceMs: 6 * HOUR,
    configValid: true,
    source: {
      state: 'unknown',
      location: `/backups/${client}/restic`,
      scans: 0,
      scanFailures: 0,
      corrupt: [],
      refused: [],
    },
    backends: [unseenBackend('nas')],
    protection: { expectedCopies: 2, expectedWithinMs: DAY, lostUnreplicated: 0 },
    severity: 'unknown',
    findings: [],
  };
}

/** Its backend is a script without `verify`: it has run, and does not count as a copy. */
export function scriptedClient(): ClientReport {
  const own = {
    ...unseenBackend('own'),
    kind: 'script' as const,
    location: '/usr/local/bin/replica_sync',
    countsAsCopy: false as const,
    state: 'unverified' as const,
    stateSince: NOW - 2 * HOUR,
    since: NOW - 40 * DAY,
    up: true,
    lastSuccess: NOW - 2 * HOUR,
    lastDurationMs: 42_500,
    pendingObjects: 0,
    progressAt: NOW - 2 * HOUR,
  };
  const counters = { ...own.counters, syncs: 12, failures: { tool: 1 } };
  return sampleClient({
    client: 'mail',
    backends: [{ ...own, counters }],
    protection: { ...sampleClient().protection, expectedCopies: 1, copies: 1 },
  });
}

export function sampleReport(fields: Partial<DaemonReport> = {}): DaemonReport {
  return {
    version: '0.1.0',
    nodeVersion: 'v20.19.0',
    startedAt: NOW - DAY,
    tools: { restic: '0.14.0' },
    logLinesDropped: 0,
    lastReloadSuccessAt: NOW - DAY,
    discovery: { glob: '/srv/*', unconfigured: 3, unused: [] },
    heartbeat: { failures: 2, lastSuccessAt: NOW - 3 * MINUTE },
    notReady: [],
    unknown: [],
    clients: [sampleClient(), troubledClient(), freshClient(), scriptedClient()],
    removed: ['former'],
    refused: [{ client: 'broken', error: 'clients/broken.yaml:2: unknown key "surce"' }],
    ...fields,
  };
}

/** `count` clients in all states, each with three backends. */
export function manyClients(count: number): ClientReport[] {
  return Array.from({ length: count }, (_, index) => {
    const model = [sampleClient(), sampleClient(), troubledClient(), freshClient()][
      (index % 17) % 4
    ];
    const client = `host-${String(index).padStart(3, '0')}`;
    const [first, second] = model?.backends ?? [];
    const backends = [
      first ?? unseenBackend('nas'),
      second ?? unseenBackend('offsite'),
      sampleBackend({ backend: 'usb' }),
    ];
    return { ...sampleClient(), ...model, client, backends };
  });
}
