import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../support/process.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { projectDirectory, tool, toolDirectory, toolEnvironment } from '../../support/tools.ts';

const directory = join(projectDirectory, 'dashboards/preview');

/** What the preview says that a panel shows. */
export interface PanelReport {
  readonly title: string;
  readonly type: string;
  readonly error?: string;
  /** Of a stat. */
  readonly values?: readonly {
    readonly name: string;
    readonly text: string;
    readonly color: string;
  }[];
  /** Of all others, a text and a colour for each row or time, the last hundred of them. */
  readonly fields?: readonly {
    readonly name: string;
    readonly count: number;
    readonly text: readonly string[];
    readonly color: readonly (string | undefined)[];
  }[];
}

export interface PreviewReport {
  readonly warnings: readonly string[];
  readonly panels: readonly PanelReport[];
}

export async function buildPreview(): Promise<void> {
  await runNode(['build.mjs']);
}

export interface Look {
  /** Of the project. */
  readonly dashboard: string;
  readonly prometheusUrl: string;
  /** The time that it is, in seconds. */
  readonly now: number;
  readonly theme: 'dark' | 'light';
  readonly variables?: Readonly<Record<string, string>>;
  /** For a person to look at: set SCREENSHOTS to a directory. */
  readonly picture: string;
}

/** Draws a dashboard in the headless Chromium. */
export async function preview(look: Look): Promise<PreviewReport> {
  const report = join(temporaryDirectory(), 'report.json');
  const screenshots = process.env['SCREENSHOTS'];
  const picture = screenshots === undefined ? [] : ['--picture', join(screenshots, look.picture)];
  const variables = Object.entries(look.variables ?? {});
  await runNode([
    'preview.mjs',
    ...['--dashboard', join(projectDirectory, look.dashboard)],
    ...['--prometheus', look.prometheusUrl],
    ...['--now', String(Math.round(look.now)), '--scrape', '180'],
    ...['--theme', look.theme, '--report', report, ...picture],
    ...variables.flatMap(([name, value]) => ['--var', `${name}=${value}`]),
  ]);
  return JSON.parse(readFileSync(report, 'utf8')) as PreviewReport;
}

async function runNode(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(process.execPath, args, {
    cwd: directory,
    timeoutMs: 120_000,
    env: {
      ...toolEnvironment('chromium'),
      PREVIEW_MODULES: join(toolDirectory('dashboard-preview'), 'node_modules'),
      CHROMIUM: tool('chromium'),
      FONTCONFIG_FILE: join(toolDirectory('chromium'), 'fonts.conf'),
    },
  });
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
}
