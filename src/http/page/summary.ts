import type { ClientReport, DaemonReport, Severity } from '../../report/types.ts';
import { html, type Html } from './html.ts';
import { plural, SEVERITIES } from './words.ts';

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
export function headline({ clients }: DaemonReport): string {
  const total = clients.length;
  const bad = count(clients, 'critical') + count(clients, 'warning');
  const unknown = count(clients, 'unknown');
  if (total === 0) return 'No clients yet';
  if (bad > 0)
    return `${bad} of ${plural(total, 'client')} ${bad === 1 ? 'needs' : 'need'} attention`;
  if (unknown > 0) return `${unknown} of ${plural(total, 'client')} not known yet`;
  return total === 1 ? 'The one client is fine' : `All ${total} clients are fine`;
}

function count(clients: readonly ClientReport[], severity: Severity): number {
  return clients.filter((client) => client.severity === severity).length;
}

export function worst({ clients, refused, notReady }: DaemonReport): Severity {
  const found = SEVERITIES.find((severity) =>
    clients.some((client) => client.severity === severity),
  );
  const isTroubled = refused.length > 0 || notReady.length > 0;
  return isTroubled && found !== 'critical' ? 'warning' : (found ?? 'unknown');
}

/** What concerns the daemon as a whole. */
export function renderNotices(report: DaemonReport): Html | undefined {
  const notices = [
    ...report.notReady.map((reason) => `Not ready: ${reason}`),
    ...report.refused.map(({ client, error }) => `Client ${client} was refused: ${error}`),
  ];
  if (!report.lastReloadSuccessful && report.refused.length === 0) notices.push(RELOAD_FAILED);
  if (notices.length === 0) return undefined;
  return html`<ul class="notices">
    ${notices.map((notice) => html`<li><span class="status warning">warning</span> ${notice}</li>`)}
  </ul>`;
}

const RELOAD_FAILED =
  'The configuration was changed and could not be read: the former one is in use. See what is wrong with `backup-syncd check-config`';
