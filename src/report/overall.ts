import { configurationRefused } from './assess.ts';
import type { ClientReport, Finding, Picture, Severity } from './types.ts';
import { worstFirst } from './words.ts';

/** A finding about a client, or about the daemon if there is no client. */
export interface OverallFinding extends Finding {
  readonly client?: string;
}

export interface Overall {
  /** `ok` only when all is well: something is configured, nothing is refused, and no client has a finding */
  readonly severity: Severity;
  /** worst first: problems of the daemon and of clients that do not run, and the findings of all clients */
  readonly findings: readonly OverallFinding[];
}

/** The overall state of all clients. Only this function decides what `status`, the page and the heartbeat call "all well". Pure. */
export function assessAll(picture: Picture): Overall {
  const findings = [...daemonFindings(picture), ...picture.clients.flatMap(findingsOf)];
  findings.sort(worstFirst);
  return { severity: findings[0]?.severity ?? 'ok', findings };
}

/** The findings that no client report contains. */
export function daemonFindings(picture: Picture): OverallFinding[] {
  const { clients, refused, notReady, unknown, disabled = [], configError } = picture;
  return [
    ...(configError === undefined ? [] : [configurationRefused(configError)]),
    ...refused.map(({ client, error }) => ({
      ...({ kind: 'client_refused', severity: 'warning', client } as const),
      message: `it was refused and does not run: ${error}`,
    })),
    ...unknown.map((of) => ({ kind: 'client_unknown', severity: 'unknown', ...of }) as const),
    ...notReady.map((of) => ({ kind: 'loop_stalled', severity: 'warning', ...of }) as const),
    ...(clients.length + refused.length + unknown.length + disabled.length > 0
      ? []
      : [NOTHING_CONFIGURED]),
  ].sort(worstFirst);
}

const NOTHING_CONFIGURED: OverallFinding = {
  kind: 'nothing_configured',
  severity: 'unknown',
  message: 'no client is configured',
  hint: 'to add the first one, run: backup-syncd client add NAME --source PATH',
};

/** A client about which nothing is known is not well. */
export function findingsOf({
  client,
  severity,
  findings,
}: Pick<ClientReport, 'client' | 'severity' | 'findings'>): OverallFinding[] {
  if (findings.length > 0 || severity === 'ok')
    return findings.map((finding) => ({ ...finding, client }));
  return [{ kind: 'client_unknown', severity, client, message: 'has not been checked yet' }];
}

/** `ahost: usb is not mounted: …`: one finding in a sentence, with its client and backend. */
export function sentenceOf({
  client,
  backend,
  message,
}: Pick<OverallFinding, 'client' | 'backend' | 'message'>): string {
  const what = backend === undefined ? message : `${backend} ${message}`;
  return client === undefined ? what : `${client}: ${what}`;
}

/** The worst finding in one line; undefined when all is well. */
export function describeWorst({ findings }: Overall): string | undefined {
  const [first] = findings;
  if (first === undefined) return undefined;
  const text = sentenceOf(first);
  return findings.length === 1 ? text : `${text} (and ${findings.length - 1} more)`;
}
