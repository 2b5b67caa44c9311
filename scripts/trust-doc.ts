import { readFile } from 'node:fs/promises';
import { format } from 'prettier';
import { parse } from 'yaml';
import type { Seen, SeenAlert } from '../test/e2e/tour/sight.ts';
import { STOP_TEXTS, type StopText } from './trust-texts.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly for?: string;
      readonly labels?: { readonly severity?: string };
    }[];
  }[];
}

/** docs/trust.md: what the tour has recorded, with what happened and what helps. */
export async function renderTrustDoc(): Promise<string> {
  const record = JSON.parse(await read('test/fixtures/tour.json')) as Record<string, Seen>;
  const rules = parse(await read('alerts/backup-syncd.rules.yml')) as Rules;
  const stops = STOP_TEXTS.map((text) => {
    const seen = record[text.stop];
    if (seen === undefined) throw new Error(`the tour has no stop ${text.stop}`);
    return { text, seen };
  });
  const parts = [
    INTRODUCTION,
    '| What happened | What you see | What to do |',
    '| --- | --- | --- |',
    ...stops.map(({ text, seen }) => renderRow(text, seen, rules)),
    '',
    '## The record',
    ...stops.map(({ text, seen }) => renderStop(text, seen, rules)),
  ];
  return format(parts.join('\n'), { parser: 'markdown', printWidth: 100, singleQuote: true });
}

function read(path: string): Promise<string> {
  return readFile(new URL(`../${path}`, import.meta.url), 'utf8');
}

const INTRODUCTION = `# What you see when something breaks

This page is a record. An end-to-end test (\`test/e2e/tour.test.ts\`) starts the daemon with restic, Prometheus and Alertmanager, breaks one thing after
another, and fails if \`status\`, the page, the metrics or the alerts say anything other than what is written here. At the end of each stop, the test does
what the last column advises. Then everything must be well again.

The server has three clients: db, mail and web. Their repositories are on one disk, mounted at \`/backups\`. Each has the backends nas and usb, which are
disks mounted at \`/mnt/nas\` and \`/mnt/usb\`. Three copies are required, including the source. Times differ in each run, so they are shown as “…”. The
test shortens the waits of the alerts; the table shows those of [the rules](../alerts/backup-syncd.rules.yml). When all is well, \`status\` and the page
say “All 3 clients are fine”, and \`status\` exits with 0.
`;

function renderRow({ title, remedy }: StopText, seen: Seen, rules: Rules): string {
  const { status, page, alerts } = seen;
  const [first = ''] = status.lines;
  const sights = [
    `\`status\` (exit ${status.code}): ${code(first)}`,
    page === undefined ? 'Page: does not answer' : `Page: “${page[0] ?? ''}”`,
    alerts.length === 0
      ? 'Alert: none'
      : `Alert: ${alerts.map((alert) => `${linkTo(alert)} (${whenAndHow(alert, rules)})`).join(', ')}`,
  ];
  const cells = [`[${title}](#${anchorOf(title)})`, sights.join('<br>'), remedy];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function renderStop({ title, pictures }: StopText, seen: Seen, rules: Rules): string {
  const { status, page, alerts, muted, metrics } = seen;
  const blocks = [
    `\n### ${title}`,
    ...(pictures === undefined ? [] : [renderPictures(pictures)]),
    `\`backup-syncd status\`, exit status ${status.code}:`,
    fence('console', status.lines),
    describePage(page),
    alerts.length === 0
      ? 'No alert fires.'
      : ['Alerts:\n', ...alerts.map((one) => renderAlert(one, rules))].join('\n'),
    ...(muted.length === 0
      ? []
      : [
          `Alertmanager mutes ${muted.join(', ')}, because the alert above reports the same cause.`,
        ]),
    ...(metrics.length === 0 ? [] : ['Metrics that change:', fence('text', joinClients(metrics))]),
  ];
  return blocks.join('\n\n');
}

function describePage(page: Seen['page']): string {
  if (page === undefined) return 'The page does not answer.';
  const [heading = '', ...problems] = page;
  return `The page: “${heading}”.${problems.length === 0 ? '' : ' It lists the same problems and remedies.'}`;
}

/** Series that say the same of several clients become one selector. */
function joinClients(metrics: readonly string[]): string[] {
  const clients = new Map<string, string[]>();
  for (const line of metrics) {
    const [, client = ''] = /client="([^"]*)"/.exec(line) ?? [];
    const of = line.replace(`client="${client}"`, 'CLIENTS');
    clients.set(of, [...(clients.get(of) ?? []), client]);
  }
  return [...clients].map(([line, names]) =>
    line.replace('CLIENTS', `client${names.length > 1 ? '=~' : '='}"${names.join('|')}"`),
  );
}

function renderAlert(alert: SeenAlert, rules: Rules): string {
  const of = alert.of.length === 0 ? '' : ` of ${alert.of.join(', ')}`;
  return `- ${linkTo(alert)} (${whenAndHow(alert, rules)})${of}: ${alert.description}`;
}

function linkTo({ alert }: SeenAlert): string {
  return `[${alert}](../alerts/RUNBOOK.md#${alert.toLowerCase()})`;
}

/** `critical, after 15m, to pager`; the receivers are those of alertmanager.example.yml. */
function whenAndHow({ alert, severity, receiver }: SeenAlert, { groups }: Rules): string {
  const rule = groups
    .flatMap(({ rules }) => rules)
    .find((one) => one.alert === alert && one.labels?.severity === severity);
  const wait = rule?.for === undefined ? 'at once' : `after ${rule.for}`;
  return `${severity}, ${wait}, to ${receiver}`;
}

function renderPictures({ name, alt }: NonNullable<StopText['pictures']>): string {
  const image = (device: string, width: number) =>
    `<img src="images/trust-${name}-${device}.png" alt="${alt}, on a ${device}" width="${width}">`;
  return `${image('desktop', 560)} ${image('phone', 230)}`;
}

function fence(language: string, lines: readonly string[]): string {
  return ['```' + language, ...lines, '```'].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
