import { assessAll, daemonFindings, type OverallFinding } from '../../report/overall.ts';
import { countConfigured, headline } from '../../report/headline.ts';
import type { DaemonReport, Severity } from '../../report/types.ts';
import { html, type Html } from './html.ts';
import { SEVERITIES } from '../../report/words.ts';

/** How many clients are how, in one sentence and in numbers. */
export function renderSummary(report: DaemonReport): Html {
  return html`<div class="summary">
    <h1>${headline(report)}</h1>
    <p class="counts">${SEVERITIES.map((severity) => renderCount(report, severity))}</p>
  </div>`;
}

function renderCount({ clients }: DaemonReport, severity: Severity): Html | undefined {
  const found = clients.filter((client) => client.severity === severity).length;
  return found === 0
    ? undefined
    : html`<span class="status ${severity}">${found} ${severity}</span> `;
}

export function worst(report: DaemonReport): Severity {
  return assessAll(report).severity;
}

/** What concerns the daemon as a whole. */
export function renderNotices(report: DaemonReport): Html | undefined {
  if (countConfigured(report) === 0) return undefined; // how to begin is said elsewhere
  const findings = daemonFindings(report);
  if (findings.length === 0) return undefined;
  return html`<ul class="notices">
    ${findings.map(renderNotice)}
  </ul>`;
}

function renderNotice({ severity, client, message, hint }: OverallFinding): Html {
  return html`<li>
    <span class="status ${severity}">${severity}</span>
    ${client !== undefined && html`<b>${client}:</b> `}${message}${hint !== undefined && `; ${hint}`}
  </li>`;
}
