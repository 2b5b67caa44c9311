import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../../support/process.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { projectDirectory, tool, toolDirectory, toolEnvironment } from '../../support/tools.ts';

const directory = join(projectDirectory, 'dashboards/preview');

/** The content of a panel, as the preview reports it. */
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
  /** The time that it is, in seconds. */
  readonly now: number;
  readonly theme: 'dark' | 'light';
  readonly width?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** For a person to look at: set SCREENSHOTS to a directory. */
  readonly picture: string;
}

interface Surroundings {
  readonly prometheusUrl: string;
  readonly scrapeSeconds: number;
}

/** Draws dashboards in one headless Chromium; to a report for each. */
export async function preview(
  looks: readonly Look[],
  surroundings: Surroundings,
): Promise<PreviewReport[]> {
  const directory = temporaryDirectory();
  const report = join(directory, 'reports.json');
  const list = join(directory, 'looks.json');
  writeFileSync(list, JSON.stringify(looks.map((look) => describeLook(look, surroundings))));
  await runNode([
    'preview.mjs',
    ...['--looks', list, '--prometheus', surroundings.prometheusUrl, '--report', report],
  ]);
  return JSON.parse(readFileSync(report, 'utf8')) as PreviewReport[];
}

function describeLook(
  { dashboard, now, theme, width = 1600, variables = {}, picture }: Look,
  { scrapeSeconds }: Surroundings,
): object {
  const screenshots = process.env['SCREENSHOTS'];
  const chosen = Object.entries(variables).map(([name, value]) => [`var-${name}`, value]);
  return {
    dashboard: join(projectDirectory, dashboard),
    ...(screenshots !== undefined && { picture: join(screenshots, `dashboard-${picture}.png`) }),
    parameters: {
      now: Math.round(now),
      scrape: scrapeSeconds,
      theme,
      width,
      ...(Object.fromEntries(chosen) as object),
    },
  };
}

async function runNode(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProcess(process.execPath, args, {
    cwd: directory,
    timeoutMs: 300_000,
    env: {
      ...toolEnvironment('chromium'),
      PREVIEW_MODULES: join(toolDirectory('dashboard-preview'), 'node_modules'),
      CHROMIUM: tool('chromium'),
      FONTCONFIG_FILE: join(toolDirectory('chromium'), 'fonts.conf'),
    },
  });
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
}
