import type { DaemonReport } from '../report/types.ts';
import { formatLabels, type Sample } from './exposition.ts';
import type { CONFIGURED, DAEMON } from './names.ts';
import { flag, seconds, type Values } from './values.ts';

type OfNoClient = Exclude<keyof typeof DAEMON, keyof typeof CONFIGURED>;

/** What concerns no client: build, tools, configuration. */
export function daemonSamples(
  report: DaemonReport,
): Readonly<Record<OfNoClient, readonly Sample[]>> {
  return {
    build_info: [info(buildLabels(report))],
    tool_info: Object.entries(report.tools).map(([tool, version]) => info({ tool, version })),
    log_lines_dropped_total: [{ labels: '', value: report.logLinesDropped }],
    config_last_reload_successful: [
      { labels: '', value: Number(report.configError === undefined) },
    ],
    config_last_reload_success_timestamp_seconds: [
      { labels: '', value: report.lastReloadSuccessAt / 1000 },
    ],
    heartbeat_last_success_timestamp_seconds: optional(seconds(report.heartbeat?.lastSuccessAt)),
    heartbeat_failures_total: optional(report.heartbeat?.failures),
  };
}

function optional(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels: '', value }];
}

function info(labels: Parameters<typeof formatLabels>[0]): Sample {
  return { labels: formatLabels(labels), value: 1 };
}

function buildLabels({ version, nodeVersion, revision }: DaemonReport) {
  return { version, nodeversion: nodeVersion, revision };
}

export interface ConfiguredClient {
  readonly client: string;
  /** undefined: it was removed */
  readonly isValid: boolean | undefined;
}

export function configuredValues({ isValid }: ConfiguredClient): Values<keyof typeof CONFIGURED> {
  return { client_enabled: flag(isValid !== undefined), client_config_valid: flag(isValid) };
}

/** Those that run, those that do not since they were refused, and those that were removed. */
export function configuredClients({ clients, refused, removed }: DaemonReport): ConfiguredClient[] {
  return [
    ...clients.map(({ client, configValid }) => ({ client, isValid: configValid })),
    ...refused.map(({ client }) => ({ client, isValid: false })),
    ...removed.map((client) => ({ client, isValid: undefined })),
  ];
}
