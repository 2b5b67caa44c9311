import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { fullName, METRICS, type MetricName } from '../../../src/metrics/names.ts';
import { addProcessMetrics } from '../../../src/metrics/process.ts';
import { SOURCE_SEVERITY } from '../../../src/report/source-severity.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../../../src/report/types.ts';
import { BACKEND_WORDS, SOURCE_WORDS } from '../../../src/report/words.ts';
import { projectDirectory } from '../../support/tools.ts';
import { alerts } from '../alerts/rules.ts';
import { dashboardFiles, panelsOf, readDashboard, type Dashboard, type Panel } from './model.ts';
import { selectorsOf } from './promql.ts';

const NAMES = new Map(
  Object.keys(METRICS).map((name) => [fullName(name as MetricName), name as MetricName]),
);
/** Written by Prometheus itself, and those of the process. */
const OTHERS = [
  ...['up', 'ALERTS', 'ALERTS_FOR_STATE', 'scrape_duration_seconds'],
  ...processMetrics(),
];

describe.each(dashboardFiles)('%s', (file) => {
  const dashboard = readDashboard(file);
  const panels = panelsOf(dashboard);
  const selectors = panels
    .flatMap(({ targets = [] }) => targets)
    .flatMap(({ expr }) => selectorsOf(expr));

  test('asks only for metrics that exist', () => {
    const names = new Set(selectors.map(({ metric }) => metric));
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !NAMES.has(name) && !OTHERS.includes(name))).toEqual([]);
  });

  test('asks only for labels that they have', () => {
    for (const { metric, matchers } of selectors) {
      const name = NAMES.get(metric);
      if (name === undefined) continue;
      const labels = ['job', 'instance', ...METRICS[name].labels];
      const asked = matchers.map((matcher) => /^\w+/.exec(matcher)?.[0]);
      expect(asked.filter((label) => !labels.includes(label ?? ''))).toEqual([]);
    }
  });

  test('lets choose the client and backend of each metric that has them', () => {
    for (const { metric, matchers } of selectors) {
      const name = NAMES.get(metric);
      const labels = name === undefined ? [] : METRICS[name].labels;
      const isOfSources = labels.includes('activity') || labels.includes('finding'); // without a backend
      for (const label of ['client', 'backend'].filter((one) => labels.includes(one))) {
        const chosen = [`${label}=~"$${label}"`];
        if (isOfSources && label === 'backend') chosen.push('backend=~"$backend|"');
        expect(matchers.filter((matcher) => chosen.includes(matcher))).toHaveLength(1);
      }
    }
  });

  test('has no panels that overlap, leave the grid or share an id', () => {
    const all = dashboard.panels;
    expect(all.filter(({ gridPos: { x, w } }) => x < 0 || x + w > 24)).toEqual([]);
    const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
    const overlapping = pairs.filter(([one, other]) => one && other && overlap(one, other));
    expect(overlapping.map((pair) => pair.map(({ title }) => title))).toEqual([]);
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says in words what a color shows', () => {
    const mappings = panels.flatMap(({ fieldConfig }) => [
      ...(fieldConfig?.defaults.mappings ?? []),
      ...(fieldConfig?.overrides ?? [])
        .flatMap(({ properties }) => properties)
        .filter(({ id }) => id === 'mappings')
        .flatMap(({ value }) => value as unknown[]),
    ]);
    for (const { color, text } of mappings.flatMap(resultsOf)) {
      if (color !== undefined) expect(text).toMatch(/\w/);
    }
  });
});

test('the dashboards are those that addresses and links name', () => {
  const dashboards = dashboardFiles.map(readDashboard);
  expect(dashboards.map(({ uid, title }) => ({ uid, title }))).toEqual([
    { uid: 'backup-syncd-backups', title: 'Backups' },
    { uid: 'backup-syncd-client', title: 'Backup client' },
    { uid: 'backup-syncd-backend', title: 'Backup backend' },
  ]);
  const links = JSON.stringify(dashboards).matchAll(/"\/d\/([\w-]+)/g);
  expect(new Set([...links].map((match) => match[1]))).toEqual(
    new Set(['backup-syncd-backups', 'backup-syncd-client', 'backup-syncd-backend']),
  );
});

test('the same name has the same color in all dashboards', () => {
  const colors = new Map<string, Set<string>>();
  for (const { text = '', color } of dashboardFiles.flatMap(readDashboard).flatMap(looksOf)) {
    if (color === undefined) continue;
    const name = text.replace(/\d+ (%|min|h|d)$/, '…').replace(/^(.+): (.+)$/, '$1');
    colors.set(name, (colors.get(name) ?? new Set()).add(color));
  }
  expect(colors.size).toBeGreaterThan(30);
  const several = [...colors].filter(([, found]) => found.size > 1);
  expect(several.map(([name]) => name)).toEqual(['source']); // “source: missing”, “source: suspect”
});

test('no size is taken for a lag: they stand in the same table', () => {
  const text = JSON.stringify(readDashboard(dashboardFiles[0]));
  const late = [...text.matchAll(/"from":(\d+),"to":[^}]*?"result":\{"text":"late/g)];
  expect(late.length).toBeGreaterThan(20);
  for (const [, from] of late) expect(Number(from)).toBeGreaterThan(2 ** 55); // 32 PiB
});

test('states have the colours that page and status give them', () => {
  const COLORS = {
    ok: 'green',
    busy: 'blue',
    warning: 'orange',
    critical: 'red',
    unknown: '#808080',
  };
  const looks = dashboardFiles.flatMap(readDashboard).flatMap(looksOf);
  for (const { words, tone } of Object.values(BACKEND_WORDS)) {
    const found = looks.filter(({ text }) => text === words);
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(({ color }) => color)).toEqual(found.map(() => COLORS[tone]));
  }
  for (const state of SOURCE_STATES.filter((one) => one !== 'unknown' && one !== 'ok')) {
    const found = looks.filter(({ text }) => text === `source: ${SOURCE_WORDS[state]}`);
    expect(found.map(({ color }) => color)).toEqual([COLORS[SOURCE_SEVERITY[state]]]);
  }
});

test.each(dashboardFiles)('%s says what each alert means', (file) => {
  const panel = panelsOf(readDashboard(file)).find(({ title }) => title === 'Alerts');
  const meanings = (panel?.fieldConfig?.overrides ?? [])
    .filter(({ matcher }) => matcher.options === 'Meaning')
    .flatMap(({ properties }) => properties)
    .filter(({ id }) => id === 'mappings')
    .flatMap(({ value }) => value as { options: Record<string, Look> }[]);
  const sent = alerts.filter(({ labels }) => labels?.['severity'] !== 'none');
  expect(sent.length).toBeGreaterThan(20);
  for (const { alert, labels, annotations } of sent) {
    const text = meanings[0]?.options[`${alert}/${labels?.['severity']}`]?.text;
    expect([alert, text]).toEqual([alert, annotations?.['summary']]);
  }
});

test('no panel waits for more than a day of data, and the forecast for one', () => {
  const forecasts = dashboardFiles
    .flatMap((file) => panelsOf(readDashboard(file)))
    .flatMap(({ targets = [] }) => targets)
    .filter(({ expr }) => expr.includes('deriv('));
  expect(forecasts).toHaveLength(4); // on each dashboard, and the growth
  for (const { expr } of forecasts)
    expect(expr).toMatch(/and on \(backend\) last_over_time\(.+ offset 1d\)/);
});

test('each state of a source and of a backend has a name in the timeline', () => {
  const timeline = panelsOf(readDashboard(dashboardFiles[1])).find(
    ({ type }) => type === 'state-timeline',
  );
  const names = (timeline?.fieldConfig?.defaults.mappings ?? []).flatMap(resultsOf);
  expect(names).toHaveLength(SOURCE_STATES.length + BACKEND_STATES.length + 1); // idle, as last known
  const [source, backends] = timeline?.targets ?? [];
  for (const state of SOURCE_STATES) expect(source?.expr).toContain(`state="${state}"`);
  for (const state of BACKEND_STATES) expect(backends?.expr).toContain(`state="${state}"`);
});

test('each state of a source but ok and unknown is counted, and is a state of its client in the table', () => {
  const panels = panelsOf(readDashboard(dashboardFiles[0]));
  const askedBy = (title: string) =>
    panels
      .find((one) => one.title === title)
      ?.targets?.map(({ expr }) => expr)
      .join('\n') ?? '';
  const counted = askedBy('Sources unusable') + askedBy('Sources to check');
  const sorted = askedBy('Clients, worst first');
  for (const state of SOURCE_STATES.filter((one) => one !== 'ok' && one !== 'unknown')) {
    expect(counted).toMatch(new RegExp(`state=~"([a-z_]+\\|)*${state}(\\||")`));
    expect(sorted).toContain(`state="${state}"`);
    // what comes first is worst: a client is in the first state that holds, and the table is sorted by it
    const isWorse =
      sorted.indexOf(`state="${state}"`) < sorted.indexOf('backup_syncd_protection_lag_seconds');
    expect([state, isWorse]).toEqual([state, SOURCE_SEVERITY[state] === 'critical']);
  }
});

test('what Grafana is provisioned with is complete', () => {
  const folder = `${projectDirectory}/deploy/grafana/provisioning`;
  const read = (file: string): unknown => parse(readFileSync(`${folder}/${file}`, 'utf8'));
  expect(read('dashboards/backup-syncd.yaml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', allowUiUpdates: false, disableDeletion: false }],
  });
  expect(read('datasources/prometheus.yaml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', access: 'proxy' }],
  });
});

function processMetrics(): string[] {
  const registry = new Registry();
  addProcessMetrics(registry);
  return registry.getMetricsAsArray().map(({ name }) => name);
}

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

function looksOf({ panels }: Dashboard): Look[] {
  return panels.flatMap(({ fieldConfig }) => [
    ...(fieldConfig?.defaults.mappings ?? []).flatMap(resultsOf),
    ...(fieldConfig?.overrides ?? [])
      .flatMap(({ properties }) => properties)
      .filter(({ id }) => id === 'mappings')
      .flatMap(({ value }) => (value as unknown[]).flatMap(resultsOf)),
  ]);
}

interface Look {
  readonly text?: string;
  readonly color?: string;
}

function resultsOf(mapping: unknown): Look[] {
  const { options } = mapping as { options: { result?: Look } & Record<string, Look> };
  return options.result === undefined ? Object.values(options) : [options.result];
}
