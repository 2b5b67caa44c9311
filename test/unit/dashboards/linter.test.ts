// The rules of Grafana's dashboard-linter, which is not on npm, by their names there.
import { describe, expect, test } from '@jest/globals';
import {
  dashboardFiles,
  isExcepted,
  panelsOf,
  readDashboard,
  type Dashboard,
  type Panel,
} from './model.ts';
import { selectorsOf, withoutVariables } from './promql.ts';

const WITH_UNIT = ['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge'];
const UNITS = ['none', 's', 'h', 'd', 'bytes', 'Bps', 'percentunit'];
const SOURCE = '${datasource}';

describe.each(dashboardFiles)('%s', (file) => {
  const dashboard = readDashboard(file);
  const variables = dashboard.templating.list;
  const panels = panelsOf(dashboard);
  const targets = panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel, ...target })),
  );
  const lacking = (wanted: (target: (typeof targets)[number]) => boolean): string[] =>
    targets.filter((target) => !wanted(target)).map(describeTarget);

  test('template-datasource-rule', () => {
    const sources = variables.filter(({ type }) => type === 'datasource');
    expect(sources).toHaveLength(1);
    expect(sources[0]).toMatchObject({
      name: 'datasource',
      label: 'Data source',
      query: 'prometheus',
    });
  });

  test.each(['job', 'instance'])('template-%s-rule', (name) => {
    const variable = variables.find((candidate) => candidate.name === name);
    expect(variable).toMatchObject({
      type: 'query',
      label: name === 'job' ? 'Job' : 'Instance',
      datasource: { uid: SOURCE },
      multi: true,
      includeAll: true,
      allValue: '.+',
    });
  });

  test('template-label-promql-rule', () => {
    const queries = variables.filter(({ type }) => type === 'query').map(({ query }) => query);
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) {
      const selector = /^label_values\((.+), \w+\)$/.exec(String(query))?.[1];
      expect(selectorsOf(selector ?? '{')).toHaveLength(1);
    }
  });

  test('template-on-time-change-reload-rule', () => {
    const queries = variables.filter(({ type }) => type === 'query');
    expect(queries.map(({ refresh }) => refresh)).toEqual(queries.map(() => 2));
  });

  test('panel-datasource-rule', () => {
    expect(panels.map(({ datasource }) => datasource?.uid)).toEqual(panels.map(() => SOURCE));
  });

  test('panel-title-description-rule', () => {
    for (const { title, description } of panels) {
      expect(title).toMatch(/^\S.{2,}\S$/);
      expect(description).toMatch(/^[A-Z].{20,}[.]$/s);
    }
  });

  test('panel-units-rule', () => {
    expect(panels.filter(lacksUnit).map(({ title }) => title)).toEqual([]);
  });

  test('panel-no-targets-rule', () => {
    expect(panels.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
  });

  test('target-logql-rule, target-logql-auto-rule: nothing asks Loki', () => {
    expect(lacking(({ datasource }) => datasource?.type === 'prometheus')).toEqual([]);
  });

  test('target-promql-rule', () => {
    for (const { expr } of targets) expect(selectorsOf(expr).length).toBeGreaterThan(0);
    expect(lacking(({ expr }) => !withoutVariables(expr).includes('$__'))).toEqual([]);
  });

  test('target-rate-interval-rule', () => {
    const rates = targets.flatMap(({ expr }) =>
      [...expr.matchAll(/\b(?:i?rate|increase)\([^[]*\[([^\]]+)\]/g)].map((match) => match[1]),
    );
    expect(rates).toEqual(rates.map(() => '$__rate_interval'));
  });

  test.each(['job', 'instance'])('target-%s-rule', (label) => {
    const isChosen = ({ expr }: { readonly expr: string }) =>
      selectorsOf(expr).every(({ matchers }) => matchers.includes(`${label}=~"$${label}"`));
    const found = targets.filter((target) => !isChosen(target));
    const wrong = found.filter(
      ({ panel }) => !isExcepted(`target-${label}-rule`, dashboard, panel),
    );
    expect(wrong.map(describeTarget)).toEqual([]);
  });

  test('target-counter-agg-rule', () => {
    const counters = targets
      .flatMap(({ expr }) => selectorsOf(expr))
      .filter(({ metric }) => metric.endsWith('_total'));
    for (const { within } of counters) expect(within[0]).toMatch(/^(rate|irate|increase)$/);
  });

  test('uneditable-dashboard', () => {
    expect(dashboard.editable).toBe(false);
  });
});

function lacksUnit({ type, fieldConfig }: Panel): boolean {
  const { unit, mappings = [] } = fieldConfig?.defaults ?? {};
  if (!WITH_UNIT.includes(type)) return false;
  return unit === undefined ? mappings.length === 0 : !UNITS.includes(unit);
}

function describeTarget({ panel, expr }: { panel: Panel; expr: string }): string {
  return `${panel.title}: ${expr}`;
}

test('each exception has a reason and belongs to an existing panel', () => {
  const dashboards: Dashboard[] = dashboardFiles.map(readDashboard);
  const all = dashboards.flatMap((dashboard) =>
    panelsOf(dashboard)
      .filter((panel) => isExcepted('target-job-rule', dashboard, panel))
      .map(({ title }) => title),
  );
  expect(all).toEqual(['Alerts', 'Alerts', 'Alerts']);
});
