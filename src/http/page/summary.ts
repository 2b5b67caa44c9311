import type { DaemonReport, Severity } from '../../report/types.ts';
import { html, type Html } from './html.ts';
import { plural, SEVERITIES } from './words.ts';

/** How many clients are how, in one sentence and in numbers. */
export function renderSummary(report: DaemonReport): Html {
  return html`<div class="summary">
    <h1>${headline(report)}</h1>
    <p class="counts">
      ${counts(report).map(
        ([severity, count]) => html`<span class="status ${severity}">${count} ${severity}</span> `,
      )}
    </p>
  </div>`;
}

/** `2 critical, 1 warning`; for the title of the window too. */
export function headline(report: DaemonReport): string {
  const total = report.clients.length;
  if (total === 0) return 'No clients yet';
  const bad = report.clients.filter(({ severity }) => severity !== 'ok').length;
  if (bad === 0) return total === 1 ? 'The one client is fine' : `All ${total} clients are fine`;
  return `${bad} of ${plural(total, 'client')} ${bad === 1 ? 'needs' : 'need'} attention`;
}

export function worst({ clients, refused, notReady }: DaemonReport): Severity {
  const found = SEVERITIES.find((severity) =>
    clients.some((client) => client.severity === severity),
  );
  const isTroubled = refused.length > 0 || notReady.length > 0;
  return isTroubled && found !== 'critical' ? 'warning' : (found ?? 'unknown');
}

function counts({ clients }: DaemonReport): (readonly [Severity, number])[] {
  return SEVERITIES.map(
    (severity) =>
      [severity, clients.filter((client) => client.severity === severity).length] as const,
  ).filter(([, count]) => count > 0);
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
