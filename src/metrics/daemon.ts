import type { DaemonReport } from '../report/types.ts';
import { formatLabels, type Sample } from './exposition.ts';
import type { DAEMON } from './names.ts';
import { seconds } from './values.ts';

/** What concerns no client's data: build, tools, configuration. */
export function daemonSamples(
  report: DaemonReport,
): Readonly<Record<keyof typeof DAEMON, readonly Sample[]>> {
  const configured = configuredClients(report);
  return {
    build_info: [info(buildLabels(report))],
    tool_info: Object.entries(report.tools).map(([tool, version]) => info({ tool, version })),
    client_enabled: configured.map(({ client }) => info({ client })),
    client_config_valid: configured.map(({ client, isValid }) => ({
      labels: formatLabels({ client }),
      value: Number(isValid),
    })),
    config_last_reload_successful: [{ labels: '', value: Number(report.lastReloadSuccessful) }],
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

/** Those that run, and those that never ran because their file was refused. */
function configuredClients({ clients, refused }: DaemonReport) {
  return [
    ...clients.map(({ client, configValid }) => ({ client, isValid: configValid })),
    ...refused.map(({ client }) => ({ client, isValid: false })),
  ];
}
