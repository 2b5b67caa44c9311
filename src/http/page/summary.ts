import { assessAll, daemonFindings, type OverallFinding } from '../../report/overall.ts';
import type { ClientReport, DaemonReport, Severity } from '../../report/types.ts';
import { html, type Html } from './html.ts';
import { SEVERITIES } from './words.ts';
import { plural } from '../../runtime/plural.ts';

/** How many clients are how, in one sentence and in numbers. */
export function renderSummary(report: DaemonReport): Html {
  return html`<div class="summary">
    <h1>${headline(report)}</h1>
    <p class="counts">${SEVERITIES.map((severity) => renderCount(report, severity))}</p>
  </div>`;
}

function renderCount({ clients }: DaemonReport, severity: Severity): Html | undefined {
  const found = count(clients, severity);
  return found === 0
    ? undefined
    : html`<span class="status ${severity}">${found} ${severity}</span> `;
}

/** The state of all clients in one sentence; for the title of the window too. */
export function headline(report: DaemonReport): string {
  const { clients, refused } = report;
  const total = countConfigured(report);
  const bad = count(clients, 'critical') + count(clients, 'warning') + refused.length;
  const unknown = count(clients, 'unknown') + report.unknown.length;
  if (total === 0) return 'No clients yet';
  if (bad > 0)
    return `${bad} of ${plural(total, 'client')} ${bad === 1 ? 'needs' : 'need'} attention`;
  if (unknown > 0) return `${unknown} of ${plural(total, 'client')} not known yet`;
  if (worst(report) !== 'ok') return 'The daemon needs attention';
  return total === 1 ? 'The one client is fine' : `All ${total} clients are fine`;
}

/** Those that do not run, included. */
function countConfigured({ clients, refused, unknown }: DaemonReport): number {
  return clients.length + refused.length + unknown.length;
}

function count(clients: readonly ClientReport[], severity: Severity): number {
  return clients.filter((client) => client.severity === severity).length;
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
