import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, type RunningProcess } from './process.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
import { tool, type Generation, type GenerationTool, type Requirement } from './tools.ts';

export type MonitoringTool = 'prometheus' | 'prometheus-alertmanager' | 'amtool' | 'promtool';

export function monitoringTool(name: MonitoringTool, generation: Generation): string {
  return tool(name as GenerationTool, generation);
}

/** For `describeWithTools`. */
export function needs(generation: Generation, ...names: MonitoringTool[]): Requirement[] {
  return names.map((name) => `${generation}/${name}` as Requirement);
}

export type Target = {
  /** `host:port` */
  readonly address: string;
  readonly labels?: Readonly<Record<string, string>>;
};

export type PrometheusOptions = {
  readonly generation: Generation;
  readonly rules: readonly string[];
  readonly targets: readonly Target[];
  /** `host:port` of an Alertmanager */
  readonly alertmanager: string;
  /** how often it scrapes and evaluates (default: 1s) */
  readonly every?: string;
};

export type PrometheusAlert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
};

export type Prometheus = {
  readonly url: string;
  readonly process: RunningProcess;
  alerts(): Promise<readonly PrometheusAlert[]>;
};

/** A Prometheus with short intervals, once it has scraped and knows its Alertmanager. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { generation, rules, targets, alertmanager, every = '1s' } = options;
  const directory = temporaryDirectory();
  const config = join(directory, 'prometheus.yml');
  const text = JSON.stringify({
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: rules,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: 'backup-syncd',
        honor_labels: true,
        static_configs: targets.map(({ address, labels = {} }) => ({ targets: [address], labels })),
      },
    ],
  });
  writeFileSync(config, text);
  const address = `127.0.0.1:${await freePort()}`;
  const process = startProcess(monitoringTool('prometheus', generation), [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  const url = `http://${address}`;
  await waitFor(
    async () => {
      const up = await ask(`${url}/api/v1/query?query=min(up)==1`);
      const known = await ask(`${url}/api/v1/alertmanagers`);
      return up.result?.length === 1 && known.activeAlertmanagers?.length === 1;
    },
    { what: `Prometheus at ${url}`, timeoutMs: 150_000, intervalMs: 250 },
  );
  return {
    url,
    process,
    async alerts() {
      return (await ask(`${url}/api/v1/alerts`)).alerts ?? [];
    },
  };
}

type Answer = {
  readonly result?: readonly unknown[];
  readonly activeAlertmanagers?: readonly unknown[];
  readonly alerts?: readonly PrometheusAlert[];
};

async function ask(url: string): Promise<Answer> {
  return ((await (await fetch(url)).json()) as { data: Answer }).data;
}
