import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { METRICS, PREFIX } from '../../../src/metrics/names.ts';
import { renderPrometheusRule } from '../../../scripts/prometheus-rule.ts';
import { projectDirectory } from '../../support/tools.ts';
import { alerts, alertsDirectory, rules, type Rule } from './rules.ts';

const METRIC = new Set(Object.keys(METRICS).map((name) => PREFIX + name));
const RECORDED = new Set(rules.flatMap(({ record }) => record ?? []));
const NAMES = [...new Set(alerts.flatMap(({ alert }) => alert ?? []))];
const RUNBOOK = readFileSync(join(alertsDirectory, 'RUNBOOK.md'), 'utf8');
const FUNCTIONS_OF_TEMPLATES = /(?:query "|printf ")((?:[^"\\]|\\.)*)"/g;

/** Queries of a rule: its own, and those in its texts. */
function queries({ expr, annotations = {} }: Rule): string[] {
  const inTexts = Object.values(annotations).flatMap((text) =>
    [...text.matchAll(FUNCTIONS_OF_TEMPLATES)].map(([, query = '']) =>
      query.replaceAll('\\"', '"').replaceAll('%q', '"x"'),
    ),
  );
  return [expr, ...inTexts];
}

/** Throws unless it is valid PromQL. */
function metricsOf(query: string): string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${query}`);
      if (node.name === 'VectorSelector') {
        names.push(/^[\w:]+/.exec(query.slice(node.from, node.to))?.[0] ?? '');
      }
    },
  });
  return names;
}

function sections(): string[] {
  return [...RUNBOOK.matchAll(/^## (\S+)$/gm)].map(([, title = '']) => title);
}

describe('the names in rules', () => {
  test('are those of metrics that are exported, of rules, or up', () => {
    const used = new Set(rules.flatMap(queries).flatMap(metricsOf));
    const unknown = [...used].filter(
      (name) => !METRIC.has(name) && !RECORDED.has(name) && name !== 'up',
    );
    expect(unknown).toEqual([]);
    expect(used.size).toBeGreaterThan(20);
  });

  test('are found in texts too', () => {
    const down = alerts.find(({ alert }) => alert === 'BackupBackendDown');
    expect(down && queries(down).flatMap(metricsOf)).toContain('backup_syncd_backend_trouble');
  });

  test('a misspelt name and an invalid query are detected', () => {
    expect(metricsOf('max by (client) (backup_syncd_nonsense) > 1')).toEqual([
      'backup_syncd_nonsense',
    ]);
    expect(() => metricsOf('max by (client')).toThrow('no PromQL');
  });

  test('of a client that is not configured any more no alert is left', () => {
    const unguarded = alerts.filter(
      ({ expr }) =>
        /\bclient\b/.test(expr) &&
        !expr.includes('and on (client) client:backup_syncd_active:group'),
    );
    expect(unguarded.map(({ alert }) => alert)).toEqual([
      ...['BackupSyncdDown', 'BackupClientUnwatched', 'BackupClientVanished'],
    ]);
  });

  test('every recorded expression is used', () => {
    const used = new Set(rules.flatMap(queries).flatMap(metricsOf));
    expect([...RECORDED].filter((name) => !used.has(name))).toEqual([]);
  });

  test('only the alert of a daemon that does not respond has the labels of the instance', () => {
    const others = alerts.filter(({ alert }) => alert !== 'BackupSyncdDown');
    const grouped = others.flatMap(({ expr }) => [...expr.matchAll(/\bby \(([^)]*)\)/g)]);
    expect(
      grouped
        .map(([, labels]) => labels)
        .filter((l) => !/^client(, backend(, activity)?)?$/.test(l ?? '')),
    ).toEqual([]);
  });
});

describe.each(NAMES)('%s', (name) => {
  const own = alerts.filter(({ alert }) => alert === name);

  test('has a severity, a summary, a description that names its client, and a section in the runbook', () => {
    for (const { labels, annotations = {} } of own) {
      expect(['critical', 'warning', 'none']).toContain(labels?.['severity']);
      expect(annotations['summary']).toMatch(/^[A-Z][^{}]*\.$/);
      const { description = '' } = annotations;
      expect(description).toMatch(/\b[rR]un '/);
      if (name !== 'BackupWatchdog') expect(description).toContain('$labels.client');
      const url = `https://github.com/backup-syncd/backup-syncd/blob/main/alerts/RUNBOOK.md#${name.toLowerCase()}`;
      expect(annotations['runbook_url']).toBe(url);
    }
    expect(sections()).toContain(name);
  });

  test('has a row in the table of docs/monitoring.md, with its severities', () => {
    const guide = readFileSync(join(projectDirectory, 'docs/monitoring.md'), 'utf8');
    const row = guide.split('\n').find((line) => line.startsWith(`| [${name}](`)) ?? '';
    for (const { labels } of own) expect(row.split('|')[2]).toContain(labels?.['severity']);
  });

  test('has a section with its meaning, what is at stake, what to type, and the fix', () => {
    const section = RUNBOOK.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    for (const title of ['Meaning', 'Impact', 'Look', 'Remedy']) {
      expect(section).toContain(`**${title}.**`);
    }
  });

  test('is expected to fire by a unit test, and its text is tested', () => {
    if (name === 'BackupWatchdog') return;
    const directory = join(alertsDirectory, 'tests');
    const tests = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'));
    expect(tests.join('\n')).toContain(`{alertname="${name}", `);
    expect(tests.join('\n')).toContain(`alertname: ${name}\n`);
  });
});

test('the runbook has no section without an alert', () => {
  expect(
    sections()
      .filter((title) => title.startsWith('Backup'))
      .sort(),
  ).toEqual([...NAMES].sort());
});

test.each(['route', 'inhibit_rules', 'templates'])(
  'the quick start has the %s of the example',
  (key) => {
    const guide = readFileSync(join(projectDirectory, 'docs/monitoring.md'), 'utf8');
    const [, sample = ''] =
      /^```yaml\n(# \/etc\/prometheus\/alertmanager.yml\n[^]*?)^```$/m.exec(guide) ?? [];
    const example = readFileSync(join(alertsDirectory, 'alertmanager.example.yml'), 'utf8');
    const partOf = (text: string) => (parse(text) as Record<string, unknown>)[key];
    expect(partOf(example)).toBeDefined();
    expect(partOf(sample)).toEqual(partOf(example));
  },
);

test('the PrometheusRule is current (npm run generate)', async () => {
  const file = join(alertsDirectory, 'backup-syncd.prometheusrule.yaml');
  expect(readFileSync(file, 'utf8')).toBe(await renderPrometheusRule());
});
