import { plural } from '../runtime/plural.ts';
import { headingOf } from './headings.ts';
import type { OverallFinding } from './overall.ts';

/** A group of findings of one kind and severity, at one backend if they are about backends. They usually have one cause. */
export interface FindingGroup extends Pick<OverallFinding, 'kind' | 'severity' | 'backend'> {
  /** `usb is not mounted` */
  readonly heading: string;
  readonly findings: readonly OverallFinding[];
  /** the affected clients, by name; empty for findings about the daemon */
  readonly clients: readonly string[];
}

/**
 * Groups findings by cause: worst first, then those that affect the most clients. Pure.
 *
 * @param findings worst first
 */
export function groupFindings(findings: readonly OverallFinding[]): FindingGroup[] {
  const groups = new Map<string, OverallFinding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  // sorting is stable, so worse ones stay first
  return [...groups.values()]
    .flatMap(asGroup)
    .sort((a, b) => (a.severity === b.severity ? b.clients.length - a.clients.length : 0));
}

/**
 * The hint for a group of findings. Where each place only has to be set up, one command does it; otherwise, the first finding is
 * the example.
 */
export function hintOfGroup({ findings }: Pick<FindingGroup, 'findings'>): string | undefined {
  const [first] = findings;
  const isNew = ({ client = '', backend = '', hint = '' }: OverallFinding): boolean =>
    hint.endsWith(`run: backup-syncd backend init ${client} ${backend}`);
  return findings.length > 1 && findings.every(isNew)
    ? 'to set up all places that are not set up yet, with their disks mounted, run: backup-syncd backend init --all'
    : first?.hint;
}

/** Clients are refused for many reasons, which are distinguished by the message without the client's name. */
function keyOf({ severity, kind, backend, client = '', message }: OverallFinding): string {
  const refusal = kind === 'client_refused' ? message.replaceAll(client, '') : undefined;
  return JSON.stringify([severity, kind, backend, refusal]);
}

function asGroup(findings: readonly OverallFinding[]): FindingGroup[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { kind, severity, backend } = first;
  const clients = new Set(findings.flatMap(({ client }) => client ?? []));
  const group = { kind, severity, findings, clients: [...clients].sort() };
  return [{ ...group, heading: headingFor(first), ...(backend !== undefined && { backend }) }];
}

/** `usb is not mounted`, `the source is missing`. */
export function headingFor({ kind, backend }: Pick<OverallFinding, 'kind' | 'backend'>): string {
  return backend === undefined ? headingOf(kind) : `${backend} ${headingOf(kind)}`;
}

/**
 * `1 client`, `12 clients`, `both clients`, `all 60 clients`.
 *
 * @param total number of all clients
 */
export function countClients({ clients }: FindingGroup, total: number): string {
  const count = plural(clients.length, 'client');
  if (clients.length < total || total === 1) return count;
  return total === 2 ? 'both clients' : `all ${count}`;
}
