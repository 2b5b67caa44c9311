import { countConfigured, headline } from '../../report/headline.ts';
import { select, type Filter } from '../../report/select.ts';
import type { DaemonReport } from '../../report/types.ts';
import { renderDiscovery } from './discovery.ts';
import { renderEmpty } from './empty.ts';
import { isFiltering, renderFilter } from './filter.ts';
import { renderGroups } from './groups.ts';
import { html, type Html } from './html.ts';
import { renderLayout } from './layout.ts';
import { renderMatrix } from './matrix.ts';
import { renderSummary } from './summary.ts';

/** Problems by cause, and all clients, or those that match a filter. `now` in milliseconds since the epoch. */
export function renderPage(report: DaemonReport, now: number, filter: Filter = {}): string {
  const { disabled = [] } = report;
  const isNone = countConfigured(report) + disabled.length === 0;
  const main = isNone ? renderNone(report) : renderAll(report, now, filter);
  return renderLayout({ title: headline(report), main }, report, now);
}

/** The page before there is a client: how to begin. */
function renderNone(report: DaemonReport): Html {
  return html`${renderSummary(report, {})} ${renderEmpty()} ${renderDiscovery(report.discovery)}`;
}

function renderAll(report: DaemonReport, now: number, filter: Filter): Html {
  const { clients, disabled, findings } = select(report, filter);
  const shown = clients.length + disabled.length;
  return html`${renderSummary(report, filter)} ${renderGroups(findings, countConfigured(report))}
  ${renderFilter(report, filter)} ${shown > 0 && renderMatrix({ clients, disabled }, now)}
  ${shown === 0 && isFiltering(filter) && html`<p class="note">No client matches.</p>`}
  ${renderDiscovery(report.discovery)}`;
}
