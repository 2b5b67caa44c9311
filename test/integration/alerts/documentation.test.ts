import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../support/process.ts';
import { monitoringTool, needs } from '../../support/prometheus.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools, generations, projectDirectory } from '../../support/tools.ts';

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
        ['prometheus.yml', 2, 'promtool', ['check', 'config', '--syntax-only']],
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
    },
  );
}
