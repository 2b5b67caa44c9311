import { headline } from '../../report/headline.ts';
import { assessAll } from '../../report/overall.ts';
import type { Filter } from '../../report/select.ts';
import type { DaemonReport, Severity } from '../../report/types.ts';
import { SEVERITIES } from '../../report/words.ts';
import { filterAddress } from './filter.ts';
import { html, type Html } from './html.ts';

/** The number of clients in each state, as a sentence and as links to these clients. */
export function renderSummary(report: DaemonReport, filter: Filter): Html {
  return html`<div class="summary">
    <h1>${headline(report)}</h1>
    <p class="counts">${SEVERITIES.map((severity) => renderCount(report, severity, filter))}</p>
  </div>`;
}

function renderCount(
  { clients }: DaemonReport,
  severity: Severity,
  { states, name }: Filter,
): Html | undefined {
  const found = clients.filter((client) => client.severity === severity).length;
  if (found === 0) return undefined;
  const isChosen = states?.includes(severity) === true;
  const wanted = { ...(!isChosen && { states: [severity] }), ...(name !== undefined && { name }) };
  return html`<a class="status ${severity}${isChosen && ' chosen'}" href="${filterAddress(wanted)}"
    >${found} ${severity}</a
  > `;
}

export function worst(report: DaemonReport): Severity {
  return assessAll(report).severity;
}
