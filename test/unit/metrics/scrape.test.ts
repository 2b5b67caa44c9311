import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { OPENMETRICS, type ContentType } from '../../../src/metrics/rendering.ts';
import type { MetricSpec } from '../../../src/metrics/define.ts';
import { METRICS, PREFIX, type MetricName } from '../../../src/metrics/names.ts';
import { BACKEND_STATES, SOURCE_STATES, type DaemonReport } from '../../../src/report/types.ts';
import { REASONS } from '../../../src/runtime/errors.ts';
import { projectDirectory } from '../../support/tools.ts';
import {
  freshClient,
  NOW,
  sampleBackend,
  sampleClient,
  sampleReport,
  sampleSource,
  troubledClient,
  unseenBackend,
} from './sample-report.ts';

const GOLDEN = join(projectDirectory, 'test/fixtures/metrics/scrape.txt');

async function scrape(report: DaemonReport, contentType?: ContentType): Promise<string> {
  const metrics = createMetrics({ report: () => report, withProcess: false });
  return await metrics.scrape(contentType);
}

/** `name{labels}` of every series whose name and labels contain `text`. */
function series(body: string, text = ''): string[] {
  return body
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && line.includes(text))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** The name of every series, each once, without labels. */
function names(body: string): Set<string> {
  return new Set(series(body).map((text) => text.replace(/\{.*/, '')));
}

function valueOf(body: string, name: MetricName, labels = ''): number | undefined {
  const prefix = `${PREFIX}${name}${labels === '' ? '' : `{${labels}}`} `;
  const line = body.split('\n').find((candidate) => candidate.startsWith(prefix));
  return line === undefined ? undefined : Number(line.slice(prefix.length));
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const entries = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(entries) as Omit<T, K>;
}

const WEB = 'client="web"';
const WEB_NAS = `${WEB},backend="nas"`;

describe('a whole scrape', () => {
  test('is the golden file', async () => {
    const body = await scrape(sampleReport());
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, body);
    expect(body).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  test('names every metric that is declared', async () => {
    const body = await scrape(sampleReport());
    const absent = Object.keys(METRICS).filter(
      (name) => !body.includes(`# TYPE ${PREFIX}${name} `),
    );
    expect(absent).toEqual([]);
  });

  test('holds no series twice', async () => {
    const all = series(await scrape(sampleReport()));
    expect(new Set(all).size).toBe(all.length);
  });

  test('gives the same text twice: counters are not added up', async () => {
    const metrics = createMetrics({ report: sampleReport, withProcess: false });
    expect(await metrics.scrape()).toBe(await metrics.scrape());
  });

  test('has the metrics of the process beside those of the report', async () => {
    const metrics = createMetrics({ report: sampleReport });
    const body = await metrics.scrape();
    expect(body).toContain('\nprocess_resident_memory_bytes ');
    expect(body).toContain('\nnodejs_heap_size_used_bytes ');
    expect(body).not.toMatch(/NaN|Infinity|undefined/i);
  });
});

describe('a fact that is not known', () => {
  test('has no series at a client of which only the configuration is known', async () => {
    const body = await scrape(sampleReport({ clients: [freshClient()], refused: [] }));
    const names = new Set(series(body, 'laptop').map((text) => text.replace(/\{.*/, '')));
    const expected: MetricName[] = [
      'source_state',
      'source_scans_total',
      'source_scan_failures_total',
      'backend_initial_copy',
      'backend_state',
      'backend_trouble',
      'syncs_total',
      'sync_replans_total',
      'sync_transferred_bytes_total',
      'sync_transferred_objects_total',
      'sync_failures_total',
      'sync_consecutive_failures',
      'snapshots_lost_unreplicated_total',
      'expected_snapshot_copies',
      'expected_protection_lag_seconds',
      'expected_scan_interval_seconds',
      'expected_replication_lag_seconds',
      'client_enabled',
      'client_config_valid',
    ];
    expect([...names]).toEqual(expected.map((name) => PREFIX + name));
  });

  test('vanishes when it was known before', async () => {
    let client = sampleClient();
    const report = () => sampleReport({ clients: [client] });
    const metrics = createMetrics({ report, withProcess: false });
    expect(valueOf(await metrics.scrape(), 'backend_replication_lag_seconds', WEB_NAS)).toBe(0);
    const backend = without(sampleBackend(), 'lagMs');
    client = sampleClient({ backends: [backend] });
    const body = await metrics.scrape();
    expect(valueOf(body, 'backend_replication_lag_seconds', WEB_NAS)).toBeUndefined();
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'is also a number such as %d',
    async (bytes) => {
      const client = sampleClient({ source: sampleSource({ bytes }) });
      const body = await scrape(sampleReport({ clients: [client] }));
      expect(series(body, `${PREFIX}source_bytes`)).toEqual([]);
    },
  );

  test('of corruption has no series before the first scan, and is 0 after it', async () => {
    const fresh = await scrape(sampleReport({ clients: [freshClient()] }));
    expect(series(fresh, 'source_corrupt_objects')).toEqual([]);
    expect(valueOf(await scrape(sampleReport()), 'source_corrupt_objects', WEB)).toBe(0);
  });
});

describe('series that are kept from one scrape to the next', () => {
  const backend = fc
    .record(
      {
        backend: fc.constantFrom('nas', 'offsite'),
        lagMs: fc.nat(2),
        reason: fc.constantFrom('timeout', 'damaged'),
        state: fc.constantFrom('idle', 'blocked'),
        failures: fc.nat(2),
        counters: fc.record({
          syncs: fc.nat(2),
          replans: fc.constant(0),
          transferredObjects: fc.constant(0),
          transferredBytes: fc.constant(0),
          failures: fc.record({ timeout: fc.nat(2), auth: fc.nat(2) }, { requiredKeys: [] }),
        }),
      },
      { requiredKeys: ['backend'] },
    )
    .map((fields) => ({ ...unseenBackend(fields.backend), ...fields }));
  const client = fc
    .record({
      client: fc.constantFrom('web', 'db', 'laptop'),
      reportedAt: fc.integer({ min: NOW, max: NOW + 2 }),
      source: fc.record({ bytes: fc.constantFrom(1, Number.NaN) }).map(sampleSource),
      backends: fc.uniqueArray(backend, { selector: (state) => state.backend }),
    })
    .map(sampleClient);
  const reports = fc.array(fc.uniqueArray(client, { selector: (report) => report.client }));
  const linesOf = (body: string) => body.split('\n').sort();

  test('are those of a scrape that knows no other', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (all) => {
        let report = sampleReport();
        const kept = createMetrics({ report: () => report, withProcess: false });
        for (const clients of all) {
          report = sampleReport({ clients, refused: [] });
          expect(linesOf(await kept.scrape())).toEqual(linesOf(await scrape(report)));
        }
      }),
    );
  });
});

describe('a scrape of many clients', () => {
  const fleet = Array.from({ length: 200 }, (_, i) => sampleClient({ client: `client-${i}` }));

  test('lets other work in', async () => {
    const report = () => sampleReport({ clients: fleet });
    const metrics = createMetrics({ report, withProcess: false });
    let turns = 0;
    const other = () => {
      turns++;
      next = setImmediate(other);
    };
    let next = setImmediate(other);
    await metrics.scrape();
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test('is of one report, also when two are asked for at once', async () => {
    let reportedAt = NOW;
    const report = () => {
      reportedAt += 60_000;
      return sampleReport({ clients: fleet.map((client) => ({ ...client, reportedAt })) });
    };
    const metrics = createMetrics({ report, withProcess: false });
    const bodies = await Promise.all([metrics.scrape(), metrics.scrape(OPENMETRICS)]);
    const ages = bodies.map((body) => {
      const lines = body.split('\n').filter((line) => /source_latest_\w+_age_seconds\{/.test(line));
      return [...new Set(lines.map((line) => line.slice(line.lastIndexOf(' ') + 1)))];
    });
    expect(ages).toEqual([['10860'], ['10920']]);
  });
});

test('a pause says until when, and its metrics are gone when it is over', async () => {
  const pause = { since: NOW, endsAt: NOW + 7_200_000, by: 'anna', reason: 'new disks' };
  const paused = sampleBackend({ state: 'paused', pause });
  let report = sampleReport({ clients: [sampleClient({ pause, backends: [paused] })] });
  const metrics = createMetrics({ report: () => report, withProcess: false });
  const body = await metrics.scrape();
  const until = NOW / 1000 + 7_200;
  expect(valueOf(body, 'client_paused_until_timestamp_seconds', WEB)).toBe(until);
  expect(valueOf(body, 'backend_paused_until_timestamp_seconds', WEB_NAS)).toBe(until);
  expect(valueOf(body, 'backend_state', `${WEB_NAS},state="paused"`)).toBe(1);
  expect(body).not.toContain('new disks');

  report = sampleReport({ clients: [sampleClient()] });
  expect(series(await metrics.scrape(), '_paused_until_')).toEqual([]);
});

describe('what is gone from the report', () => {
  test('is gone from the next scrape: a client', async () => {
    let clients = [sampleClient(), troubledClient()];
    const report = () => sampleReport({ clients, refused: [] });
    const metrics = createMetrics({ report, withProcess: false });
    expect(series(await metrics.scrape(), 'client="db"')).not.toEqual([]);
    clients = [sampleClient()];
    expect(series(await metrics.scrape(), 'client="db"')).toEqual([]);
  });

  test('is gone from the next scrape: a backend and a tool', async () => {
    const body = await scrape(
      sampleReport({ clients: [sampleClient({ backends: [sampleBackend()] })], tools: {} }),
    );
    expect(series(body, 'offsite')).toEqual([]);
    expect(series(body, 'tool_info')).toEqual([]);
  });
});

describe('from the start', () => {
  test('a backend has all its failure reasons, at 0', async () => {
    const body = await scrape(sampleReport({ clients: [freshClient()] }));
    const values = REASONS.map((reason) =>
      valueOf(body, 'sync_failures_total', `client="laptop",backend="nas",reason="${reason}"`),
    );
    expect(values).toEqual(REASONS.map(() => 0));
  });

  test.each([...REASONS, undefined])(
    'the trouble of a backend is its reason: %s',
    async (reason) => {
      const backend = { ...unseenBackend('nas'), ...(reason && { reason }) };
      const body = await scrape(sampleReport({ clients: [sampleClient({ backends: [backend] })] }));
      const on = REASONS.filter(
        (name) => valueOf(body, 'backend_trouble', `${WEB_NAS},reason="${name}"`) === 1,
      );
      expect(on).toEqual(reason === undefined ? [] : [reason]);
      expect(series(body, `${PREFIX}backend_trouble`)).toHaveLength(REASONS.length);
    },
  );

  test.each(SOURCE_STATES)('a source that is %s is in exactly that state', async (state) => {
    const body = await scrape(
      sampleReport({ clients: [sampleClient({ source: sampleSource({ state }) })] }),
    );
    const on = SOURCE_STATES.filter(
      (name) => valueOf(body, 'source_state', `${WEB},state="${name}"`) === 1,
    );
    expect(on).toEqual([state]);
    expect(series(body, `${PREFIX}source_state`)).toHaveLength(SOURCE_STATES.length);
  });

  test.each(BACKEND_STATES)('a backend that is %s is in exactly that state', async (state) => {
    const backend = { ...unseenBackend('nas'), state };
    const body = await scrape(sampleReport({ clients: [sampleClient({ backends: [backend] })] }));
    const on = BACKEND_STATES.filter(
      (name) => valueOf(body, 'backend_state', `${WEB_NAS},state="${name}"`) === 1,
    );
    expect(on).toEqual([state]);
    expect(series(body, `${PREFIX}backend_state`)).toHaveLength(BACKEND_STATES.length);
  });

  test.each(BACKEND_STATES)(
    'a first copy lasts until the baseline, also when %s',
    async (state) => {
      const backend = without(sampleBackend({ state }), 'baselineAt');
      const first = await scrape(
        sampleReport({ clients: [sampleClient({ backends: [backend] })] }),
      );
      expect(valueOf(first, 'backend_initial_copy', WEB_NAS)).toBe(1);
      const later = sampleClient({ backends: [sampleBackend({ state })] });
      const body = await scrape(sampleReport({ clients: [later] }));
      expect(valueOf(body, 'backend_initial_copy', WEB_NAS)).toBe(0);
    },
  );

  test('a refused client is enabled, its configuration not valid', async () => {
    const body = await scrape(sampleReport());
    expect(valueOf(body, 'client_enabled', 'client="broken"')).toBe(1);
    expect(valueOf(body, 'client_config_valid', 'client="broken"')).toBe(0);
    expect(series(body, 'client="broken"')).toHaveLength(2);
  });

  test('a disabled client is not enabled, and has no other series', async () => {
    const body = await scrape(sampleReport({ disabled: [{ client: 'attic', reason: 'sold' }] }));
    expect(valueOf(body, 'client_enabled', 'client="attic"')).toBe(0);
    expect(series(body, 'client="attic"')).toHaveLength(1);
  });
});

describe('units', () => {
  test('times and durations are in seconds', async () => {
    const body = await scrape(sampleReport());
    const labels = WEB_NAS;
    expect(valueOf(body, 'source_latest_snapshot_timestamp_seconds', WEB)).toBe(
      NOW / 1000 - 10_800,
    );
    expect(valueOf(body, 'source_latest_snapshot_age_seconds', WEB)).toBe(10_800);
    expect(valueOf(body, 'sync_last_duration_seconds', labels)).toBe(42.5);
    expect(valueOf(body, 'expected_replication_lag_seconds', labels)).toBe(21_600);
  });

  test('an age is never negative', async () => {
    const source = sampleSource({ latestSnapshotAt: NOW + 5000 });
    const body = await scrape(sampleReport({ clients: [sampleClient({ source })] }));
    expect(valueOf(body, 'source_latest_snapshot_age_seconds', WEB)).toBe(0);
  });
});

test('10,000 snapshots have as many series as 10', async () => {
  const [few, many] = await Promise.all(
    [10, 10_000].map((count) => {
      const missing = Array.from({ length: count }, (_, index) => ({
        id: index.toString(16).padStart(64, '0'),
        owedSince: NOW - index,
      }));
      const client = sampleClient({
        source: sampleSource({ snapshots: count }),
        backends: [sampleBackend({ missing, snapshots: count })],
      });
      return scrape(sampleReport({ clients: [client] }));
    }),
  );
  expect(series(many ?? '')).toEqual(series(few ?? ''));
  expect(many).not.toContain('0'.repeat(40));
});

describe('OpenMetrics', () => {
  test('types counters without _total and ends with # EOF', async () => {
    const body = await scrape(sampleReport(), OPENMETRICS);
    expect(body).toContain(`# TYPE ${PREFIX}syncs counter\n${PREFIX}syncs_total{${WEB_NAS}} 41\n`);
    expect(body.endsWith('\n# EOF\n')).toBe(true);
  });

  test('has the same series as the text, also when both are asked for in turn', async () => {
    const metrics = createMetrics({ report: sampleReport, withProcess: false });
    const text = await metrics.scrape();
    const open = await metrics.scrape(OPENMETRICS);
    expect(series(open)).toEqual(series(text));
    expect(await metrics.scrape()).toBe(text);
  });

  test('has the metrics of the process, counters among them, in both formats', async () => {
    const metrics = createMetrics({ report: sampleReport });
    const open = await metrics.scrape(OPENMETRICS);
    const text = await metrics.scrape();
    expect(open).toMatch(/# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total \d/);
    expect(text).toMatch(/# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total \d/);
    const withoutGc = (body: string) => [...names(body)].filter((name) => !name.includes('_gc_')); // it may not have run yet
    expect(withoutGc(open)).toEqual(withoutGc(text));
  });

  test('the help texts read the same in both formats, which escape quotes differently', () => {
    const texts = Object.values<MetricSpec>(METRICS).map(({ help }) => help);
    expect(texts.filter((help) => /["\\\n]/.test(help))).toEqual([]);
  });

  test('no two families have the same name there', () => {
    const names = Object.keys(METRICS).map((name) => name.replace(/_total$/, ''));
    expect(new Set(names).size).toBe(names.length);
  });
});
