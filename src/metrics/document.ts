import type { MetricSpec } from './define.ts';
import {
  BACKEND_EXPECTATIONS,
  BACKEND_PAUSES,
  BACKENDS,
  DAEMON,
  EXPECTATIONS,
  PAUSES,
  PREFIX,
  PROTECTION,
  SAVING,
  SOURCE,
  SYNCS,
} from './names.ts';
import { PROOFS } from './proof-names.ts';

type Section = readonly [title: string, specs: Readonly<Record<string, MetricSpec>>];

const SECTIONS: readonly Section[] = [
  ['Source', SOURCE],
  ['Backends', BACKENDS],
  ['Syncs', SYNCS],
  ['Activities', PROOFS],
  ['Protection', PROTECTION],
  ['State', SAVING],
  ['Expectations', { ...EXPECTATIONS, ...BACKEND_EXPECTATIONS }],
  ['Pauses', { ...PAUSES, ...BACKEND_PAUSES }],
  ['Daemon', DAEMON],
];

/** Renders docs/metrics.md, formatted like prettier. */
export function renderMetricsDoc(): string {
  return [INTRODUCTION, ...SECTIONS.map(renderSection)].join('\n');
}

const INTRODUCTION = `# Metrics

<!-- Generated from the names in src/metrics by \`npm run generate\`: change them there. -->

\`GET /metrics\` responds in the Prometheus text format 0.0.4, or in OpenMetrics 1.0.0 if the \`Accept\` header asks for it.
The response is compressed if \`Accept-Encoding\` allows gzip. A scrape reads from memory only and does no I/O.

- All names below begin with \`${PREFIX}\`.
- An unknown value is **absent**, never 0: a backend that was never reached has no lag.
- Each configured client and backend has its counters, states and expectations from the start. They disappear when it is
  removed from the configuration.
- Times are Unix timestamps in seconds: rules compare \`time() - x\`. The age metrics are for people.
- Thresholds are exported as \`expected_…\`, so one set of rules fits every client.
- The number of series does not depend on the number of snapshots; no label contains a path or an ID.
- \`process_…\` and \`nodejs_…\` describe the process itself.
`;

function renderSection([title, specs]: Section): string {
  const rows = Object.entries(specs).map(([name, { kind, labels, help }]) => [
    code(name),
    kind,
    labels.map(code).join(', '),
    help.replaceAll('|', '\\|'),
  ]);
  return `## ${title}\n\n${renderTable([['Name', 'Kind', 'Labels', 'Meaning'], ...rows])}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function renderTable([head = [], ...rows]: readonly string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill: string) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |\n`;
  return [line(head, ' '), line([], '-'), ...rows.map((row) => line(row, ' '))].join('');
}
