import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../support/process.ts';
import { monitoringTool } from '../../support/prometheus.ts';
import { describeWithTools, generations } from '../../support/tools.ts';
import { alertsDirectory, ruleFiles } from '../../unit/alerts/rules.ts';

const TESTS = join(alertsDirectory, 'tests');

for (const generation of generations) {
  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    const promtool = () => monitoringTool('promtool', generation);

    test('has nothing to say about the rules', async () => {
      const lint = generation === 'newest' ? ['--lint=all', '--lint-fatal'] : [];
      const result = await runProcess(promtool(), ['check', 'rules', ...lint, ...ruleFiles]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).not.toMatch(/lint|duplicate|FAILED/i);
    });

    test.each(readdirSync(TESTS).filter((name) => name.endsWith('.yaml')))(
      'the rules are as tests/%s expects',
      async (name) => {
        const file = join(TESTS, name);
        const result = await runProcess(promtool(), ['test', 'rules', file], {
          timeoutMs: 280_000,
        });
        expect(result.stdout + result.stderr).not.toContain('FAILED');
        expect(result.code).toBe(0);
      },
      300_000,
    );
  });
}
