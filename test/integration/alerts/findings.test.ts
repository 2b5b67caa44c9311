import { backendSettings } from '../../../src/client/backend-settings.ts';
import { expect, test } from '@jest/globals';
import { NotMountedError } from '../../../src/backends/marker.ts';
import { NEVER_RUN } from '../../../src/facts/attempts.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import type { Backend } from '../../../src/backends/backend.ts';
import { Evaluation } from '../../../src/work/evaluation.ts';
import { Outcomes } from '../../../src/work/sync/outcomes.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { assessAll } from '../../../src/report/overall.ts';
import { deriveReport, type ReportSettings } from '../../../src/report/derive.ts';
import type { Trouble } from '../../../src/facts/fields.ts';
import type { BackendFacts, ClientFacts, SourceFacts } from '../../../src/facts/facts.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import { NO_RESTORES, withRestoreCheck } from '../../../src/facts/restores.ts';
import {
  ALARM_REASONS,
  SOURCE_STATES,
  type FindingKind,
  type Picture,
} from '../../../src/report/types.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { REASONS, SyncdError } from '../../../src/runtime/errors.ts';
import { runProcess } from '../../support/process.ts';
import { monitoringTool } from '../../support/prometheus.ts';
import { withOwnRules } from '../../suites/rules-of-tests.ts';
import { describeWithTools } from '../../support/tools.ts';
import { ALERTS } from '../../unit/alerts/finding-alerts.ts';
import { ruleFiles } from '../../unit/alerts/rules.ts';
import { sampleReport } from '../../unit/metrics/sample-report.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ID = 'a'.repeat(64);
/** Where promtool looks: the times of its series begin at 0. */
const NOW = 4 * HOUR;
/** Less than five minutes: promtool evaluates groups in any order, and Prometheus forgets a recorded value after five. */
const INTERVAL = '4m';

const SETTINGS: ReportSettings = {
  pollMs: 60_000,
  snapshotEveryMs: DAY,
  graceMs: HOUR,
  copies: 2,
  copiesWithinMs: DAY,
  sourceLocation: '/source',
  sourceSchedules: [{ name: 'audit', everyMs: HOUR }],
  backends: [
    {
      name: 'nas',
      kind: 'directory',
      location: '/nas',
      hasMarker: true,
      maxLagMs: 6 * HOUR,
      seenWithinMs: DAY,
      schedules: [{ name: 'audit', everyMs: HOUR }],
    },
  ],
};

interface Known {
  readonly health?: Partial<SourceFacts['health']>;
  readonly guard?: SourceFacts['guard'];
  readonly latestAt?: number;
  readonly missing?: ReadonlyMap<string, number>;
  readonly corrupt?: readonly string[];
  readonly staleKeys?: number;
  readonly auditedAt?: number;
  readonly sourceAuditedAt?: number;
}

function facts(known: Known = {}): ClientFacts {
  const { health, guard = {}, latestAt = NOW - HOUR } = known;
  const { missing = new Map(), corrupt = [], staleKeys = 0 } = known;
  const { auditedAt = NOW, sourceAuditedAt = NOW } = known;
  const initial = initialFacts('ahost', ['nas'], 0);
  const backend = initialBackend(0);
  const lookedAt = NOW - 30_000;
  const source: SourceFacts = {
    ...initial.source,
    guard,
    attempts: { others: { audit: { ...NEVER_RUN, lastSuccess: sourceAuditedAt } } },
    health: { state: 'ok', scans: 9, scanFailures: 0, ...seen(lookedAt), ...health },
    contents: {
      ...initial.source.contents,
      latest: { id: ID, at: latestAt },
      snapshots: Catalogue.from([[ID, undefined]]),
    },
  };
  const nas: BackendFacts = {
    ...backend,
    place: { up: true, since: 0, lastContact: lookedAt },
    contents: { ...backend.contents, baselineAt: 0, missing, staleKeys },
    attempts: {
      ...backend.attempts,
      state: 'idle',
      corrupt,
      others: { audit: { ...NEVER_RUN, lastSuccess: auditedAt } },
    },
    progress: { pendingObjects: 0 },
  };
  const times = new SnapshotTimes(Catalogue.from([[ID, NOW - HOUR]]));
  const history = { ...initial.history, times };
  return { ...initial, history, source, backends: new Map([['nas', nas]]) };
}

const seen = (at: number) => ({ lastScanAt: at, observedAt: at });

/** The facts after a failure for this reason; a retried one has a lag by then. */
function failedBackend(error: SyncdError): ClientFacts {
  const corrupt = error.reason === 'source_corrupt' ? [`data/${ID}`] : [];
  const missing = new Map([[ID, NOW - DAY]]);
  const store = new FactStore(facts({ missing, corrupt }));
  const clock = { now: () => NOW, elapsedMs: () => 0, random: () => 0 };
  const nas = {
    kind: 'directory',
    name: 'nas',
    directory: '/nas',
    minFreeBytes: 0,
    maxLagMs: 6 * HOUR,
    seenWithinMs: DAY,
  };
  const source = { kind: 'directory', directory: '/source', pollMs: 60_000 };
  const config = backendSettings(nas, { source, audit: { everyMs: DAY } });
  const backend = { owner: { backend: 'nas' } } as Backend; // it was not reached
  const place = { config, store, clock, log: SILENT_LOG };
  const outcomes = new Outcomes({ ...place, evaluation: new Evaluation({ ...place, backend }) });
  const report = { backend: 'nas', startedAt: NOW, endedAt: NOW, outcome: 'nothing' } as const;
  const nothing = { sent: { objects: 0, bytes: 0 }, published: [], replans: 0 };
  outcomes.failed(error, { ...report, ...nothing }, 'request');
  return store.facts;
}

interface Scenario {
  readonly facts?: ClientFacts;
  readonly settings?: Partial<ReportSettings>;
  readonly picture?: Partial<Picture>;
  /** series that do not stay as they are */
  readonly series?: Readonly<Record<string, string>>;
}

const OVERDUE = { latestAt: NOW - 2 * DAY };

/** A path that has been expected for two days. */
function groupsScenario({ readAt, trouble }: { readAt?: number; trouble?: Trouble }): Scenario {
  const { source, ...known } = facts();
  const group = { path: '/etc', snapshotEveryMs: DAY, graceMs: HOUR };
  const groups = {
    groups: [{ path: '/etc', since: NOW - 2 * DAY }],
    ...(readAt !== undefined && {
      readAt,
      origins: [{ paths: [], snapshots: Catalogue.from([[ID, undefined]]) }],
    }),
  };
  const failing = { failures: 1, counters: { failures: {} }, ...(trouble && { trouble }) };
  const attempts = { others: { groups: failing } };
  return {
    facts: { ...known, source: { ...source, groups, attempts } },
    settings: { groups: [group] },
  };
}

/** A restore check that has failed, of the source or of the backend. */
function failedRestore(place: 'source' | 'nas'): Scenario {
  const { source, backends, ...known } = facts();
  const check = {
    at: NOW - HOUR,
    outcome: 'failed',
    files: 3,
    bytes: 9,
    message: 'wrong',
  } as const;
  const restores = withRestoreCheck(NO_RESTORES, check);
  const nas = backends.get('nas') ?? initialBackend(0);
  return {
    facts: {
      ...known,
      source: place === 'source' ? { ...source, restores } : source,
      backends: new Map([['nas', place === 'nas' ? { ...nas, restores } : nas]]),
    },
  };
}

/** A scenario for each kind of finding that has an alert. */
const SCENARIOS: Partial<Record<FindingKind, Scenario>> = {
  snapshot_overdue: { facts: facts(OVERDUE) },
  group_overdue: groupsScenario({ readAt: NOW }),
  groups_unread: groupsScenario({ trouble: { reason: 'auth', message: 'a wrong password' } }),
  source_not_looked_at: { facts: facts({ health: { lastScanAt: NOW - HOUR } }) },
  source_corrupt_objects: { facts: facts({ corrupt: [`data/${ID}`] }) },
  source_lock_stale: { facts: facts({ health: { locks: 1, oldestLockAt: NOW - 2 * DAY } }) },
  source_keys_changed: {
    facts: facts({ guard: { keysChanged: { changedAt: NOW - HOUR, added: 1, removed: 0 } } }),
  },
  not_protected: {
    facts: facts({ missing: new Map([[ID, NOW - 2 * DAY]]) }),
  },
  backend_lagging: { facts: facts({ missing: new Map([[ID, NOW - DAY]]) }) },
  backend_stale_keys: { facts: facts({ staleKeys: 1 }) },
  source_restore_failed: failedRestore('source'),
  backend_restore_failed: failedRestore('nas'),
  source_proof_overdue: { facts: facts({ sourceAuditedAt: NOW - 4 * HOUR }) },
  backend_proof_overdue: { facts: facts({ auditedAt: NOW - 4 * HOUR }) },
  backend_not_mounted: { facts: failedBackend(new NotMountedError('not_initialised', 'gone')) },
  configuration_refused: { picture: { configError: 'backup-syncd.yaml:1:1: no' } },
  state_not_saved: {
    settings: { saving: { failures: 9, failingSince: NOW - HOUR, message: 'full' } },
    series: { backup_syncd_state_save_failures_total: '0+150x60' },
  },
  client_refused: { picture: { refused: [{ client: 'bhost', error: 'no' }] } },
  loop_stalled: {
    facts: facts({ health: { lastScanAt: NOW - HOUR } }),
    picture: { notReady: [{ client: 'ahost', message: 'its loop hangs' }] },
  },
  ...Object.fromEntries(
    REASONS.map((reason) => [
      `backend_${reason}`,
      { facts: failedBackend(new SyncdError(reason, 'it failed')) },
    ]),
  ),
  ...Object.fromEntries(
    ALARM_REASONS.map((reason) => [
      `source_alarm_${reason}`,
      { facts: facts({ guard: { alarms: [{ reason, since: NOW - HOUR, message: 'gone' }] } }) },
    ]),
  ),
  ...Object.fromEntries(
    SOURCE_STATES.filter((state) => state !== 'ok' && state !== 'unknown').map((state) => [
      `source_${state}`,
      { facts: facts({ health: { state }, ...(state === 'busy' && OVERDUE) }) },
    ]),
  ),
};

/** A test for promtool, in which every series keeps its scraped value for hours. */
async function ruleTest(kind: FindingKind, wanted: readonly string[]) {
  const { settings, picture, series = {}, ...scenario } = SCENARIOS[kind] ?? {};
  const client = deriveReport(scenario.facts ?? facts(), { ...SETTINGS, ...settings }, NOW);
  const report = { ...sampleReport({ clients: [client], refused: [] }), ...picture };
  expect(assessAll(report).findings.map((finding) => finding.kind)).toContain(kind);
  const { scrape } = createMetrics({ report: () => report, withProcess: false });
  const lines = (await scrape()).split('\n').filter((line) => line.startsWith('backup_syncd_'));
  const all = lines.map((line) => {
    const [, name = '', value = ''] = /^(.*) (\S+)$/.exec(line) ?? [];
    return { series: name, values: series[/^\w+/.exec(name)?.[0] ?? ''] ?? `${value}+0x60` };
  });
  const names = wanted.join('|');
  return {
    name: kind,
    interval: INTERVAL,
    input_series: [{ series: 'up{job="backup-syncd"}', values: '1+0x60' }, ...all],
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname=~"${names}", alertstate="firing"}) > bool 0`,
        eval_time: '240m',
        exp_samples: [{ labels: '{}', value: 1 }],
      },
    ],
  };
}

const CALLED = Object.entries(ALERTS).flatMap(([kind, answer]) =>
  'none' in answer || kind === 'nothing_configured' ? [] : [[kind as FindingKind, answer] as const],
);

describeWithTools(['newest/promtool'], 'what is found', () => {
  test('raises one of the alerts that the table names, from what is exported', async () => {
    const tests = [];
    for (const [kind, wanted] of CALLED) tests.push(await ruleTest(kind, wanted));
    const [rulesFile = ''] = ruleFiles;
    const files = withOwnRules({ rule_files: [], evaluation_interval: INTERVAL, tests }, rulesFile);

    const promtool = monitoringTool('promtool', 'newest');
    const result = await runProcess(promtool, ['test', 'rules', ...files], { timeoutMs: 280_000 });

    expect(result.stdout + result.stderr).not.toContain('FAILED');
    expect(result.stdout.match(/SUCCESS/g)).toHaveLength(files.length);
    expect(result.code).toBe(0);
  });
});
