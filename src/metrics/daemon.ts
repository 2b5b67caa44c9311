import type { DaemonReport } from '../report/types.ts';
import type { CONFIGURED, DAEMON } from './names.ts';
import { flag, seconds, type Values } from './values.ts';

/** Metrics with their own labels. */
type Info = 'build_info' | 'tool_info';
type OfNoClient = Exclude<keyof typeof DAEMON, keyof typeof CONFIGURED | Info>;

/** Metrics of the daemon itself, without labels. */
export function daemonValues(report: DaemonReport): Values<OfNoClient> {
  return {
    log_lines_dropped_total: report.logLinesDropped,
    config_last_reload_successful: Number(report.configError === undefined),
    config_last_reload_success_timestamp_seconds: seconds(report.lastReloadSuccessAt),
    unconfigured_repositories: report.discovery?.unconfigured,
    heartbeat_last_success_timestamp_seconds: seconds(report.heartbeat?.lastSuccessAt),
    heartbeat_failures_total: report.heartbeat?.failures,
  };
}

export function buildLabels({
  version,
  nodeVersion,
  revision,
}: DaemonReport): Readonly<Record<string, string>> {
  return { version, nodeversion: nodeVersion, ...(revision !== undefined && { revision }) };
}

export interface ConfiguredClient {
  readonly client: string;
  /** undefined: it is disabled, or was removed */
  readonly isValid: boolean | undefined;
}

export function configuredValues({ isValid }: ConfiguredClient): Values<keyof typeof CONFIGURED> {
  return { client_enabled: flag(isValid !== undefined), client_config_valid: flag(isValid) };
}

/** Running, refused, disabled and removed clients. */
export function configuredClients(report: DaemonReport): ConfiguredClient[] {
  const { clients, refused, disabled = [], removed } = report;
  return [
    ...clients.map(({ client, configValid }) => ({ client, isValid: configValid })),
    ...refused.map(({ client }) => ({ client, isValid: false })),
    ...disabled.map(({ client }) => ({ client, isValid: undefined })),
    ...removed.map((client) => ({ client, isValid: undefined })),
  ];
}
