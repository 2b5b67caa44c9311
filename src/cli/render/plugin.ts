import type { RemoteClient, RemoteStatus } from '../../client/remote-status.ts';
import { countClients, groupFindings, type FindingGroup } from '../../report/groups.ts';
import { findingsOf, sentenceOf } from '../../report/overall.ts';
import type { Severity } from '../../report/types.ts';
import { SEVERITIES, worstFirst } from '../../report/words.ts';
import { agree, plural } from '../../runtime/plural.ts';

export interface PluginAnswer {
  readonly severity: Severity;
  /** the output line of a plug-in for Nagios or Icinga: problems, then numbers */
  readonly line: string;
}

/** The number of causes to name; the rest is counted. */
const MOST_CAUSES = 4;

/**
 * The state of all clients, or of the named ones. Pure.
 *
 * @param names of clients that the status contains
 */
export function renderPlugin(status: RemoteStatus, names: readonly string[]): PluginAnswer {
  const isShown = (client: string | undefined) =>
    client === undefined || names.length === 0 || names.includes(client);
  const clients = status.clients.filter(({ client }) => isShown(client));
  const findings = [
    ...status.findings.filter(({ client }) => isShown(client)),
    ...clients.flatMap(findingsOf),
  ].sort(worstFirst);
  const severity = findings[0]?.severity ?? 'ok';
  const total = new Set([...clients, ...findings].flatMap(({ client }) => client ?? [])).size;
  const groups = groupFindings(findings);
  const off = (status.disabled ?? []).filter(({ client }) => isShown(client));
  const text = groups.length === 0 ? allWell(total, off.length) : describe(groups, total);
  return { severity, line: pluginLine(severity, text, perfdata(clients, total)) };
}

/** `BACKUP WARNING: … | clients=60 …`, on one line. */
export function pluginLine(severity: Severity, text: string, numbers = ''): string {
  const line = `BACKUP ${severity.toUpperCase()}: ${text.replaceAll('|', '/')}`;
  return numbers === '' ? line : `${line} | ${numbers}`;
}

/** All names in the status, including clients that do not run. */
export function namesIn({ clients, findings, disabled = [] }: RemoteStatus): Set<string> {
  return new Set([...clients, ...findings, ...disabled].flatMap(({ client }) => client ?? []));
}

function allWell(total: number, disabled: number): string {
  const off = `${plural(disabled, 'client')} ${agree(disabled, 'is', 'are')} disabled`;
  if (disabled > 0 && total === 0) return off;
  const well = `${plural(total, 'client')} ${agree(total, 'is', 'are')} well`;
  return disabled === 0 ? well : `${well}, ${off}`;
}

function describe(groups: readonly FindingGroup[], total: number): string {
  const causes = groups.slice(0, MOST_CAUSES).map((group) => {
    const [first] = group.findings;
    return group.findings.length === 1 && first !== undefined
      ? sentenceOf(first)
      : `${group.heading}: ${countClients(group, total)}`;
  });
  const more = groups.length - causes.length;
  return [...causes, ...(more === 0 ? [] : [plural(more, 'more problem')])].join('; ');
}

/** `label=value[unit];[warn];[crit];[min]`: without thresholds, because the daemon has applied those of each client. */
function perfdata(clients: readonly RemoteClient[], total: number): string {
  const count = (severity: Severity) =>
    clients.filter((client) => client.severity === severity).length;
  const lags = clients.flatMap(({ backends }) => backends.flatMap(({ lagMs }) => lagMs ?? []));
  const ages = clients.flatMap(({ reportedAt, protection: { protectedSnapshotAt: at } }) =>
    at === undefined ? [] : [Date.parse(reportedAt) - Date.parse(at)],
  );
  const unprotected = clients.flatMap(({ protection }) => protection.unprotected ?? []);
  return [
    `clients=${total};;;0`,
    ...SEVERITIES.map((severity) => `${severity}=${count(severity)};;;0`),
    ...(unprotected.length === 0 ? [] : [`unprotected=${sum(unprotected)};;;0`]),
    ...seconds('lag', lags),
    ...seconds('protected_age', ages),
  ].join(' ');
}

/** The largest value; absent if it is unknown for all clients. */
function seconds(label: string, times: readonly number[]): string[] {
  return times.length === 0 ? [] : [`${label}=${Math.round(Math.max(0, ...times) / 1000)}s;;;0`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
