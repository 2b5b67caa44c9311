import type { DaemonReport } from '../../report/types.ts';
import { formatDuration } from '../../runtime/units.ts';
import { renderEmpty } from './empty.ts';
import { html, type Html } from './html.ts';
import { renderIcon } from './icon.ts';
import { renderMatrix } from './matrix.ts';
import { STYLE } from './style.ts';
import { renderNotices, renderSummary, worst } from './summary.ts';
import { headline } from '../../report/headline.ts';

/** The whole page, which needs no script and no other file. `now` in milliseconds since the epoch. */
export function renderPage(report: DaemonReport, now: number): string {
  const { clients } = report;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="refresh" content="30" />
        <title>${headline(report)} · backup-syncd</title>
        ${renderIcon(worst(report))} ${STYLE_ELEMENT}
      </head>
      <body>
        ${renderTop(now)}
        <main>
          ${renderSummary(report)} ${renderNotices(report)}
          ${clients.length === 0 ? renderEmpty() : renderMatrix(clients, now)}
        </main>
        ${renderBottom(report, now)}
      </body>
    </html> `.markup;
}

/** Byte for byte what headers.ts allows by its hash: no template may lay it out. */
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
    <p>This page is rendered anew every 30 seconds.</p>
  </footer>`;
}
