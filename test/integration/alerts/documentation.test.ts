import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../support/process.ts';
import { monitoringTool, needs } from '../../support/prometheus.ts';
import { Syncd } from '../../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';
import {
  describeWithTools,
  generations,
  projectDirectory,
  type Generation,
} from '../../support/tools.ts';

const TEXT = readFileSync(join(projectDirectory, 'docs/monitoring.md'), 'utf8');

/** The samples of a file in docs/monitoring.md, which begin with a comment that names it. */
function samplesOf(name: string): string[] {
  return [...TEXT.matchAll(/^```yaml\n(# \S+\n[^]*?)^```$/gm)]
    .map(([, sample = '']) => sample)
    .filter((sample) => sample.startsWith(`# /etc/prometheus/${name}\n`));
}

for (const generation of generations) {
  describeWithTools(
    needs(generation, 'promtool', 'amtool'),
    `docs/monitoring.md, ${generation}`,
    () => {
      test.each([
        ['prometheus.yml', 3, 'promtool', ['check', 'config', '--syntax-only']],
        ['alertmanager.yml', 1, 'amtool', ['check-config']],
      ] as const)('every %s (%i) is accepted by %s', async (...given) => {
        const [name, count, tool, args] = given;
        const samples = samplesOf(name);
        expect(samples).toHaveLength(count);
        for (const sample of samples) {
          const file = join(temporaryDirectory(), name);
          writeFileSync(file, sample);
          const result = await runProcess(monitoringTool(tool, generation), [...args, file]);
          expect(result).toMatchObject({ code: 0 });
        }
      });

      test('Prometheus finds the daemon and the exporters of clients in what client list prints', async () => {
        const syncd = new Syncd({ listen: '127.0.0.1:10987' });
        syncd.writeClient('ahost', { source: '/a', backends: [], listen: '127.0.0.1:10988' });
        syncd.writeClient('bhost', { source: '/b', backends: [] });
        const list = await syncd.here(['client', 'list', '--format', 'prometheus-sd']);
        const [targets, config] = ['targets.json', 'prometheus.yml'].map((name) =>
          join(syncd.directory, name),
        ) as [string, string];
        writeFileSync(targets, list.stdout);
        const sample = samplesOf('prometheus.yml').at(-1) ?? '';
        writeFileSync(config, sample.replace('/etc/prometheus/backup-syncd.json', targets));

        const found = await waitFor(() => discover(generation, config), { what: 'both targets' });

        expect(found).toEqual([
          { instance: '127.0.0.1:10987', client: undefined },
          { instance: '127.0.0.1:10988', client: 'ahost' },
        ]);
      });
    },
  );
}

/** The targets that Prometheus finds; undefined while there are none, on a slow machine. */
async function discover(generation: Generation, config: string): Promise<object[] | undefined> {
  const args = ['check', 'service-discovery', '--timeout=2s', config, 'backup-syncd'];
  const { stdout } = await runProcess(monitoringTool('promtool', generation), args);
  const found = (JSON.parse(stdout) as { readonly labels: Record<string, string> }[])
    .map(({ labels: { instance = '', client } }) => ({ instance, client }))
    .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  return found.length === 0 ? undefined : found;
}
