import type { DaemonReport, Finding } from './types.ts';

/** What keeps a daemon from saying that all is well: in words, and whether that is only not known yet. */
export interface NotWell {
  readonly message: string;
  readonly isUnknown: boolean;
}

/**
 * Undefined when every configured client is as it should be, as `status` would answer 0: its loop runs, and its
 * findings are none. Pure.
 */
export function whyNotWell(
  report: DaemonReport,
  configured: readonly string[],
): NotWell | undefined {
  const running = new Set(report.clients.map(({ client }) => client));
  const known = [
    ...(report.lastReloadSuccessful ? [] : ['the newest configuration was refused']),
    ...report.refused.map(({ client, error }) => `${client}: it is refused: ${error}`),
    ...report.clients.flatMap(({ client, severity, findings: [first] }) =>
      severity === 'ok' || severity === 'unknown'
        ? []
        : [`${client}: ${describe(first, severity)}`],
    ),
    ...configured.filter((name) => !running.has(name)).map((name) => `${name}: is not started yet`),
    ...report.notReady,
    ...(running.size + report.refused.length === 0 ? ['no client is configured'] : []),
  ];
  if (known.length > 0) return { message: withMore(known), isUnknown: false };
  const unknown = report.clients.filter(({ severity }) => severity === 'unknown');
  if (unknown.length === 0) return undefined;
  return {
    message: withMore(unknown.map(({ client }) => `${client}: was not looked at yet`)),
    isUnknown: true,
  };
}

function describe(finding: Finding | undefined, severity: string): string {
  if (finding === undefined) return severity;
  return finding.backend === undefined ? finding.message : `${finding.backend}: ${finding.message}`;
}

function withMore([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
