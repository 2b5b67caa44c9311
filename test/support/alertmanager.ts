import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startProcess, type RunningProcess } from './process.ts';
import { monitoringTool } from './prometheus.ts';
import { freePort, temporaryDirectory } from './temp.ts';
import type { Generation } from './tools.ts';

export type Alertmanager = {
  /** `host:port` */
  readonly address: string;
  readonly process: RunningProcess;
};

/** An Alertmanager with this configuration (an object: JSON is YAML), alone. */
export async function startAlertmanager(
  generation: Generation,
  config: unknown,
): Promise<Alertmanager> {
  const directory = temporaryDirectory();
  const file = join(directory, 'alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const program = monitoringTool('prometheus-alertmanager', generation);
  const process = startProcess(
    program,
    [
      `--config.file=${file}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    { cwd: join(dirname(program), '../share/prometheus/alertmanager') }, // see the catalogue of tools
  );
  await process.waitForLine(/TLS is disabled/, 30_000);
  return { address, process };
}
