import { beforeAll, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';
import { dashboardFiles, panelsOf, readDashboard, type Target } from '../unit/dashboards/model.ts';
import { liveThroughDay, SCRAPE_SECONDS, type Day } from './dashboards/day.ts';
import {
  buildPreview,
  preview,
  type Look,
  type PanelReport,
  type PreviewReport,
} from './dashboards/preview.ts';
import { createBlocks, Prometheus, runPromtool } from './dashboards/prometheus.ts';

const [BACKUPS, CLIENT, BACKEND] = dashboardFiles;
/** What is shown only after a day of data: the day that is lived through here may be shorter. */
const A_DAY_HERE = '4h';
const PHONE = 400;
const DARK = ['dark'] as const;

/** The pages, by the name of their picture. */
const LOOKS = {
  'backups-well': { dashboard: BACKUPS, at: 'well' },
  'backups-mended': { dashboard: BACKUPS, at: 'end' },
  'backups-bad': { dashboard: BACKUPS, at: 'outage' },
  'backups-phone': { dashboard: BACKUPS, at: 'outage', width: PHONE },
  'client-bad': { dashboard: CLIENT, at: 'outage', variables: { client: 'mail' } },
  'client-source': { dashboard: CLIENT, at: 'outage', variables: { client: 'db' } },
  'backend-bad': { dashboard: BACKEND, at: 'outage', variables: { backend: 'usb' } },
} as const satisfies Readonly<Record<string, LookOptions>>;

const STEP = 540;
const GOOD = '#73bf69';
const LATE = '#ff9830';
const BAD = '#f2495c';
const BUSY = '#5794f2';

const QUERIES = dashboardFiles.flatMap((file) =>
  panelsOf(readDashboard(file)).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `${file}: ${title} (${refId})`, expr })),
  ),
);

function targetsOf(title: string): readonly Target[] {
  const panels = dashboardFiles.flatMap((file) => panelsOf(readDashboard(file)));
  return panels.find((one) => one.title === title)?.targets ?? [];
}

// The rest of the suite may be running beside it.
const PATIENCE_MS = 400_000;

describeWithTools(
  [
    'newest/restic',
    'newest/promtool',
    'newest/prometheus' as 'newest/promtool',
    'debian12/prometheus' as 'debian12/promtool',
  ],
  'the dashboards, after a day',
  () => {
    let day: Day;
    const prometheus = new Map<Generation, Prometheus>();

    beforeAll(async () => {
      day = await liveThroughDay('newest');
      const blocks = await createBlocks('newest', day.openMetrics);
      const started = generations.map(async (generation) => {
        const data = join(temporaryDirectory(), 'data'); // each wants its own
        cpSync(blocks, data, { recursive: true });
        const config = { scrape_configs: [] };
        prometheus.set(generation, await Prometheus.start({ generation, config, data }));
      });
      await Promise.all(started);
    }, PATIENCE_MS);

    function server(generation: Generation): Prometheus {
      const found = prometheus.get(generation);
      if (found === undefined) throw new Error(`no Prometheus ${generation}`);
      return found;
    }

    test.each(generations)('each query returns data from Prometheus, %s', async (generation) => {
      const range = { start: day.begin, end: day.end, step: STEP };
      const silent: string[] = [];
      for (const { name, expr } of QUERIES) {
        const found = await server(generation).queryRange(fill(expr, A_DAY_HERE), range);
        if (!found.some(({ values }) => values.some(([, value]) => value !== 'NaN'))) {
          silent.push(name);
        }
      }
      expect(QUERIES.length).toBeGreaterThan(80);
      expect(silent).toEqual([]);
    });

    describeWithTools(['chromium', 'dashboard-preview'], 'as a person sees them', () => {
      let reports: Readonly<Record<keyof typeof LOOKS, PreviewReport>>;

      beforeAll(async () => {
        await buildPreview();
        // for a person to look at, in both themes
        const themes =
          process.env['SCREENSHOTS'] === undefined ? DARK : [...DARK, 'light' as const];
        const looks = themes.flatMap((theme) =>
          Object.entries(LOOKS).map(([name, { at, ...look }]) => ({
            ...look,
            theme,
            picture: `${name}-${theme}`,
            now: day[at],
          })),
        );
        const found = await preview(looks, {
          prometheusUrl: server('newest').url,
          scrapeSeconds: SCRAPE_SECONDS,
        });
        const pairs = Object.keys(LOOKS).map((name, index) => [name, found[index]]);
        reports = Object.fromEntries(pairs) as typeof reports;
      }, PATIENCE_MS);

      test('nothing is missing, fails or is blank', () => {
        for (const { warnings, panels } of Object.values(reports)) {
          expect(warnings).toEqual([]);
          expect(panels.filter(({ error }) => error !== undefined)).toEqual([]);
          expect(panels.length).toBeGreaterThan(15);
        }
      });

      test('all backups while a disk is away and a first copy runs', () => {
        const report = reports['backups-bad'];
        expect(numbersOf(report)).toMatchObject({
          'Clients not protected': { text: '3', color: BAD },
          'Sources unusable': { text: '1', color: BAD },
          'Sources to check': { text: '0', color: GOOD },
          'Clients overdue': { text: '1', color: LATE },
          'Backends down': { text: '2', color: LATE },
          'First copies running': { text: '1', color: BUSY },
          'Oldest verified contact': { text: expect.stringMatching(/(days?|hours?|mins?)$/) },
          'Exporters down': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Clients, worst first'))).toMatchObject({
          db: { State: 'source: missing', nas: 'up to date, as last known', usb: 'not configured' },
          mail: {
            State: 'not protected',
            nas: '0 s',
            usb: expect.stringMatching(/^late, \d+ [hd]/),
          },
          web: {
            State: 'not protected',
            nas: '0 s',
            usb: expect.stringMatching(/^late, \d+ [hd]/),
          },
          laptop: { State: expect.stringMatching(/overdue$/), usb: 'not configured' },
          archive: {
            State: 'first copy',
            nas: expect.stringMatching(/^first copy \d+ %$/),
            'Age, % of allowed': 'none expected',
            'Newest protected': 'none',
          },
        });
        expect(alertsOf(report)).toEqual(
          expect.arrayContaining([
            'BackupBackendDown: A backend cannot be used.',
            'BackupNotProtected: A snapshot has too few copies.',
            'BackupSourceUnavailable: The source repository of a client cannot be used.',
          ]),
        );
        expect(rowsOf(panel(report, 'Backends: space'))).toMatchObject({
          nas: { Clients: '5', Free: expect.stringMatching(/^\d.*B$/) },
          usb: { Clients: '2', Free: expect.stringMatching(/^\d.*B$/) },
        });
      });

      test('all backups when everything is repaired', () => {
        const report = reports['backups-mended'];
        expect(numbersOf(report)).toMatchObject({
          'Clients not protected': { text: '0', color: GOOD },
          'Sources unusable': { text: '0', color: GOOD },
          'Backends down': { text: '0', color: GOOD },
          'First copies running': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Clients, worst first'))).toMatchObject({
          mail: { nas: '0 s', usb: '0 s' },
          archive: { State: 'ok', nas: '0 s' },
        });
      });

      test('all backups before anything happened', () => {
        const report = reports['backups-well'];
        expect(numbersOf(report)).toMatchObject({
          'Clients not protected': { text: '0', color: GOOD },
          'Sources unusable': { text: '0', color: GOOD },
          'Backends down': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Clients, worst first'))).toMatchObject({
          db: { State: 'ok', nas: '0 s', usb: 'not configured' },
          mail: { State: 'ok', nas: '0 s', usb: '0 s' },
        });
      });

      test('a client whose disk is away', () => {
        const report = reports['client-bad'];
        expect(numbersOf(report)).toMatchObject({
          Source: { text: 'readable', color: GOOD },
          Protected: { text: 'not protected', color: BAD },
          'Corrupt objects': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Backends: problems'))).toMatchObject({
          nas: {
            State: 'up to date',
            Problem: 'no problem',
            Lag: '0 s',
            Allowed: '2.0 hours',
          },
          usb: { Problem: expect.stringMatching(/: .+/) },
        });
        expect(rowsOf(panel(report, 'Places: proof'))).toMatchObject({
          nas: { 'Next one due in': expect.stringMatching(/ (?:days|weeks)$/) },
        });
        const { fields = [] } = panel(report, 'State of each place');
        expect(fields.map(({ name }) => name)).toEqual(['source', 'nas', 'usb']);
        expect(alertsOf(report)).toContain('BackupNotProtected: A snapshot has too few copies.');
      });

      test('a client whose source is away', () => {
        const report = reports['client-source'];
        expect(numbersOf(report)).toMatchObject({
          Source: { text: 'missing', color: BAD },
          Protected: { text: 'source unusable', color: BAD },
        });
        expect(rowsOf(panel(report, 'Backends: problems'))).toMatchObject({
          nas: { State: 'up to date, as last known' },
        });
        expect(JSON.stringify(report.panels)).not.toMatch(/"protected"/);
      });

      test('a backend that is away, with the clients on it', () => {
        const report = reports['backend-bad'];
        expect(numbersOf(report)).toMatchObject({
          Clients: { text: '2' },
          'Down for clients': { text: '2', color: LATE },
          'Late for clients': { text: '2', color: LATE },
          'First copies running': { text: '0', color: GOOD },
        });
        const clients = rowsOf(panel(report, 'Clients on this backend, worst first'));
        expect(Object.keys(clients).sort()).toEqual(['mail', 'web']);
        expect(clients['mail']).toMatchObject({ Problem: expect.stringMatching(/: .+/) });
        const reasons = panel(report, 'Failed passes by reason').fields ?? [];
        expect(reasons.map(({ name }) => name)).toEqual(['not initialised']);
        expect(new Set(alertsOf(report))).toContain('BackupBackendDown: A backend cannot be used.');
      });

      test('one large lag does not flatten the graph of the others', () => {
        const { fields = [] } = panel(reports['backups-bad'], 'Longest lag, % of allowed');
        expect(fields.map(({ name }) => name)).toEqual(['nas', 'usb']);
        const highest = fields.flatMap(({ text }) => text.map((share) => Number.parseFloat(share)));
        expect(Math.max(...highest)).toBeLessThanOrEqual(200);
      });
    });
  },
);

for (const generation of generations) {
  describeWithTools(
    [`${generation}/promtool`],
    `the forecast, by promtool of ${generation}`,
    () => {
      test('names no days before it has seen one, and then does', async () => {
        const disk = (name: string, values: string): object => ({
          series: `backup_syncd_backend_free_bytes{client="ahost",backend="${name}",job="x",instance="y"}`,
          values,
        });
        const expr = fill(
          targetsOf('Backends: space').find(({ refId }) => refId === 'full')?.expr ?? '',
        );
        const growth = (aDay: string) =>
          fill(
            targetsOf('Backends: space').find(({ refId }) => refId === 'growth')?.expr ?? '',
            aDay,
          );
        const at = (time: string, samples: Readonly<Record<string, number>>): object => ({
          expr,
          eval_time: time,
          exp_samples: Object.entries(samples).map(([backend, value]) => ({
            labels: `{backend="${backend}"}`,
            value,
          })),
        });
        const test = {
          interval: '1h',
          // 240 GB less 1 GB an hour; one that fills no more; one that is full
          input_series: [
            disk('filling', '240-1x48'),
            disk('steady', '100+0x48'),
            disk('full', '3-1x3 0x45'),
            {
              series:
                'backup_syncd_backend_bytes{client="ahost",backend="filling",job="x",instance="y"}',
              values: '1000+100x48',
            },
          ],
          promql_expr_test: [
            at('23h', { filling: -2, steady: -2, full: 0 }),
            at('36h', { filling: 8.5, steady: -1, full: 0 }),
            ...[
              { when: '23h', aDay: '1d', grows: {} },
              { when: '36h', aDay: '1d', grows: { filling: 2400 } },
              { when: '6h', aDay: A_DAY_HERE, grows: { filling: 2400 } },
            ].map(({ when, aDay, grows }) => ({ ...at(when, grows), expr: growth(aDay) })),
          ],
        };
        expect(await runPromtool(generation, test)).toEqual({ code: 0, output: '' });
      });
    },
  );
}

function alertsOf(report: PreviewReport): string[] {
  const { fields = [] } = panel(report, 'Alerts');
  const texts = (name: string) => fields.find((field) => field.name === name)?.text ?? [];
  const meanings = texts('Meaning');
  return texts('Alert').map((name, row) => `${name}: ${meanings[row]}`);
}

interface LookOptions extends Pick<Look, 'dashboard' | 'width' | 'variables'> {
  readonly at: 'well' | 'outage' | 'end';
}

/** As Grafana would for a day and all clients. */
function fill(expr: string, aDay = '1d'): string {
  return expr
    .replaceAll('offset 1d', `offset ${aDay}`)
    .replaceAll('$__rate_interval', '36m')
    .replaceAll('$__interval', '9m')
    .replaceAll('$__range', '24h')
    .replaceAll(/\$(job|instance|client|backend)/g, '.+');
}

function panel({ panels }: PreviewReport, title: string): PanelReport {
  const found = panels.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no panel ${title}`);
  return found;
}

function numbersOf({ panels }: PreviewReport): Record<string, { text: string; color: string }> {
  const stats = panels.flatMap(({ title, values = [] }) =>
    values.slice(0, 1).map(({ text, color }) => [title, { text, color: color.toLowerCase() }]),
  );
  return Object.fromEntries(stats) as Record<string, { text: string; color: string }>;
}

/** The cells of a table, by the first column. */
function rowsOf({ fields = [] }: PanelReport): Record<string, Record<string, string>> {
  const names = fields[0]?.text ?? [];
  const rows = names.map((name, row) => [
    name,
    Object.fromEntries(fields.map((field) => [field.name, field.text[row]])),
  ]);
  return Object.fromEntries(rows) as Record<string, Record<string, string>>;
}
