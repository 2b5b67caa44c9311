import { expect, test } from '@jest/globals';
import { ruleTests, testAlertRules } from '../../suites/alert-rules.ts';
import { runProcess } from '../../support/process.ts';
import { monitoringTool } from '../../support/prometheus.ts';
import { describeWithTools } from '../../support/tools.ts';
import { ruleFiles } from '../../unit/alerts/rules.ts';

for (const generation of ['debian12', 'newest'] as const) {
  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    test('has nothing to say about the rules', async () => {
      const lint = generation === 'newest' ? ['--lint=all', '--lint-fatal'] : [];
      const args = ['check', 'rules', ...lint, ...ruleFiles];
      const result = await runProcess(monitoringTool('promtool', generation), args);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).not.toMatch(/lint|duplicate|FAILED/i);
    });
  });
}

// The others, which take most of the time, run in the soak; so do all of them with all rules, and with debian12's promtool.
const short = ruleTests.filter((name) => !['long.yaml', 'cases.yaml'].includes(name));
testAlertRules('newest', short, 'own');
