import { assessAll, type OverallFinding } from './overall.ts';
import type { ClientReport, DisabledState, Picture, Severity } from './types.ts';
import { worstFirst } from './words.ts';

/** Which clients to show; by default all. */
export interface Filter {
  readonly states?: readonly Severity[];
  /** a part of the name, in any case */
  readonly name?: string;
}

export interface Selection {
  /** worst first, equal ones by name */
  readonly clients: readonly ClientReport[];
  /** only without a filter by state */
  readonly disabled: readonly DisabledState[];
  /** the findings of these, of matching clients that do not run, and of the daemon; worst first */
  readonly findings: readonly OverallFinding[];
}

/** Applies a filter to the picture. Pure. */
export function select(picture: Picture, { states, name = '' }: Filter): Selection {
  const wanted = name.toLowerCase();
  const severities = new Map(picture.clients.map(({ client, severity }) => [client, severity]));
  const isShown = (client: string, severity: Severity) =>
    (states?.includes(severity) ?? true) && client.toLowerCase().includes(wanted);
  return {
    clients: picture.clients
      .filter(({ client, severity }) => isShown(client, severity))
      .sort((a, b) => worstFirst(a, b) || (a.client < b.client ? -1 : 1)),
    disabled: (picture.disabled ?? []).filter(
      ({ client }) => states === undefined && client.toLowerCase().includes(wanted),
    ),
    findings: assessAll(picture).findings.filter(
      ({ client, severity }) =>
        client === undefined || isShown(client, severities.get(client) ?? severity),
    ),
  };
}
