import type { DaemonReport } from '../../report/types.ts';
import { formatDuration } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';
import { renderIcon } from './icon.ts';
import { STYLE } from './style.ts';
import { worst } from './summary.ts';

export interface PageContent {
  readonly title: string;
  readonly main: Html;
}

/** A complete page, which needs no script and no other file. `now` in milliseconds since the epoch. */
export function renderLayout(
  { title, main }: PageContent,
  report: DaemonReport,
  now: number,
): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="refresh" content="30" />
        <title>${title} · backup-syncd</title>
        ${renderIcon(worst(report))} ${STYLE_ELEMENT}
      </head>
      <body>
        ${renderTop(now)}
        <main>${main}</main>
        ${renderBottom(report, now)}
      </body>
    </html> `.markup;
}

/** Byte for byte what headers.ts allows by its hash, so no template may reformat it. */
const STYLE_ELEMENT: Html = { markup: `<style>${STYLE}</style>` };

function renderTop(now: number): Html {
  const iso = new Date(now).toISOString();
  return html`<header>
    <a class="brand" href="/">backup-syncd</a>
    <nav>
      <time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>
      <a href="/metrics">metrics</a>
      <a href="/api/status">JSON</a>
    </nav>
  </header>`;
}

function renderBottom({ version, nodeVersion, startedAt, tools }: DaemonReport, now: number): Html {
  const programs = [`backup-syncd ${version}`, `Node.js ${nodeVersion}`];
  const found = Object.entries(tools).map(([tool, toolVersion]) => `${tool} ${toolVersion}`);
  return html`<footer>
    <p>${[...programs, ...found].join(' · ')} · running for ${formatDuration(now - startedAt)}</p>
    <p>This page refreshes every 30 seconds.</p>
  </footer>`;
}
