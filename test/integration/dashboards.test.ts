import { beforeAll, expect, test } from '@jest/globals';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';
import { dashboardFiles, panelsOf, readDashboard } from '../unit/dashboards/model.ts';
import { liveThroughDay, type Day } from './dashboards/day.ts';
import {
  buildPreview,
  preview,
  type PanelReport,
  type PreviewReport,
} from './dashboards/preview.ts';
import { createBlocks, Prometheus } from './dashboards/prometheus.ts';

const [BACKUPS, CLIENT] = dashboardFiles;
const STEP = 240;
const GOOD = '#73bf69';
const LATE = '#ff9830';
const BAD = '#f2495c';
const BUSY = '#5794f2';

const QUERIES = dashboardFiles.flatMap((file) =>
  panelsOf(readDashboard(file)).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({ name: `${title} (${refId})`, expr })),
  ),
);

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
      for (const generation of generations) {
        const data = await createBlocks('newest', day.openMetrics);
        const config = { scrape_configs: [] };
        prometheus.set(generation, await Prometheus.start({ generation, config, data }));
      }
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
        const found = await server(generation).queryRange(fill(expr), range);
        if (!found.some(({ values }) => values.some(([, value]) => value !== 'NaN'))) {
          silent.push(name);
        }
      }
      expect(QUERIES.length).toBeGreaterThan(35);
      expect(silent).toEqual([]);
    });

    describeWithTools(['chromium', 'dashboard-preview'], 'as a person sees them', () => {
      beforeAll(buildPreview, PATIENCE_MS);

      async function look(
        dashboard: string,
        { at, theme = 'dark', client, picture }: LookOptions,
      ): Promise<PreviewReport> {
        const report = await preview({
          dashboard,
          prometheusUrl: server('newest').url,
          now: at,
          theme,
          picture: `dashboard-${picture}-${theme}.png`,
          ...(client !== undefined && { variables: { client } }),
        });
        expect(report.warnings).toEqual([]);
        expect(report.panels.filter(({ error }) => error !== undefined)).toEqual([]);
        return report;
      }

      test('all backups while a disk is away and a first copy runs', async () => {
        const report = await look(BACKUPS, { at: day.outage, picture: 'backups' });
        expect(numbersOf(report)).toMatchObject({
          'Clients not protected': { text: '3', color: BAD },
          'Sources unusable': { text: '1', color: BAD },
          'Sources to check': { text: '0', color: GOOD },
          'Clients overdue': { text: '1', color: BAD },
          'Backends down': { text: '2', color: LATE },
          'First copies running': { text: '1', color: BUSY },
          'Oldest verified contact': { text: expect.stringMatching(/(hours?|mins?)$/) },
          'Exporters down': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Clients, worst first'))).toMatchObject({
          db: { State: 'source missing', nas: 'unknown', usb: 'off' },
          mail: {
            State: 'not protected',
            nas: '0 s',
            usb: expect.stringMatching(/^late, \d+ h/),
          },
          web: {
            State: 'not protected',
            nas: '0 s',
            usb: expect.stringMatching(/^late, \d+ h/),
          },
          laptop: { State: 'overdue', usb: 'off' },
          archive: {
            State: 'first copy',
            nas: expect.stringMatching(/^first copy \d+ %$/),
            'Age, % of allowed': 'off',
            'Newest protected': 'never',
          },
        });
        const { fields = [] } = panel(report, 'Firing alerts');
        const alerts = fields.find(({ name }) => name === 'Alert')?.text;
        expect(alerts).toEqual(
          expect.arrayContaining([
            ...['BackupBackendDown', 'BackupNotProtected', 'BackupSourceUnavailable'],
          ]),
        );
      });

      test('all backups when all is mended', async () => {
        const report = await look(BACKUPS, { at: day.end, picture: 'backups-mended' });
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

      test('a client whose disk is away', async () => {
        const report = await look(CLIENT, { at: day.outage, client: 'mail', picture: 'client' });
        expect(numbersOf(report)).toMatchObject({
          Source: { text: 'readable', color: GOOD },
          Protected: { text: 'not protected', color: BAD },
          'Corrupt objects': { text: '0', color: GOOD },
        });
        expect(rowsOf(panel(report, 'Backends: problems'))).toMatchObject({
          nas: { State: 'idle', Problem: 'nothing is wrong', Lag: '0 s' },
          usb: { Problem: expect.stringMatching(/: .+/) },
        });
        const { fields = [] } = panel(report, 'State of each place');
        expect(fields.map(({ name }) => name)).toEqual(['source', 'nas', 'usb']);
      });

      test('a client whose source is away', async () => {
        const report = await look(CLIENT, {
          at: day.outage,
          client: 'db',
          picture: 'client-source',
        });
        expect(numbersOf(report)).toMatchObject({
          Source: { text: 'source missing', color: BAD },
          Protected: { text: 'source unusable', color: BAD },
        });
        expect(JSON.stringify(report.panels)).not.toMatch(/"protected"/);
      });

      test.each([
        [BACKUPS, 'backups'],
        [CLIENT, 'client'],
      ])('%s by daylight', async (dashboard, picture) => {
        const theme = 'light';
        const client = dashboard === CLIENT ? { client: 'mail' } : {};
        const report = await look(dashboard, { at: day.outage, theme, picture, ...client });
        expect(report.panels.length).toBeGreaterThan(7);
      });
    });
  },
);

interface LookOptions {
  readonly at: number;
  readonly theme?: 'dark' | 'light';
  readonly client?: string;
  readonly picture: string;
}

/** As Grafana would for a day and all clients. */
function fill(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '16m')
    .replaceAll('$__interval', '4m')
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
