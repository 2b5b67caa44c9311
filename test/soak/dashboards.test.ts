import { beforeAll, expect, test } from '@jest/globals';
import { describeWithTools } from '../support/tools.ts';
import { dashboardFiles } from '../unit/dashboards/model.ts';
import { liveThroughDay, SCRAPE_SECONDS } from '../integration/dashboards/day.ts';
import {
  buildPreview,
  preview,
  type Look,
  type PanelReport,
  type PreviewReport,
} from '../integration/dashboards/preview.ts';
import { createBlocks, Prometheus } from '../integration/dashboards/prometheus.ts';

const [BACKUPS, CLIENT, BACKEND] = dashboardFiles;
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

const GOOD = '#73bf69';
const LATE = '#ff9830';
const BAD = '#f2495c';
const BUSY = '#5794f2';

// The rest of the suite may be running beside it.
const PATIENCE_MS = 400_000;

describeWithTools(
  [
    'newest/restic',
    'newest/promtool',
    'newest/prometheus' as 'newest/promtool',
    'chromium',
    'dashboard-preview',
  ],
  'the dashboards after a day, as a person sees them',
  () => {
    let reports: Readonly<Record<keyof typeof LOOKS, PreviewReport>>;

    beforeAll(async () => {
      const day = await liveThroughDay('newest');
      const data = await createBlocks('newest', day.openMetrics);
      const config = { scrape_configs: [] };
      const { url } = await Prometheus.start({ generation: 'newest', config, data });
      await buildPreview();
      // for a person to look at, in both themes
      const themes = process.env['SCREENSHOTS'] === undefined ? DARK : [...DARK, 'light' as const];
      const looks = themes.flatMap((theme) =>
        Object.entries(LOOKS).map(([name, { at, ...look }]) => ({
          ...look,
          theme,
          picture: `${name}-${theme}`,
          now: day[at],
        })),
      );
      const found = await preview(looks, {
        prometheusUrl: url,
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
  },
);

function alertsOf(report: PreviewReport): string[] {
  const { fields = [] } = panel(report, 'Alerts');
  const texts = (name: string) => fields.find((field) => field.name === name)?.text ?? [];
  const meanings = texts('Meaning');
  return texts('Alert').map((name, row) => `${name}: ${meanings[row]}`);
}

interface LookOptions extends Pick<Look, 'dashboard' | 'width' | 'variables'> {
  readonly at: 'well' | 'outage' | 'end';
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
