import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../support/process.ts';
import { monitoringTool } from '../support/prometheus.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';
import { alertsDirectory } from '../unit/alerts/rules.ts';

const TESTS = join(alertsDirectory, 'tests');

/** The files of alerts/tests. */
export const ruleTests: readonly string[] = readdirSync(TESTS).filter((name) =>
  name.endsWith('.yaml'),
);

/** Has the promtool of a generation run files of alerts/tests; each takes up to 20 seconds of computing. */
export function testAlertRules(generation: Generation, files: readonly string[]): void {
  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    test.each(files)(
      'the rules are as tests/%s expects',
      async (name) => {
        const promtool = monitoringTool('promtool', generation);
        const args = ['test', 'rules', join(TESTS, name)];
        const result = await runProcess(promtool, args, { timeoutMs: 280_000 });
        expect(result.stdout + result.stderr).not.toContain('FAILED');
        expect(result.code).toBe(0);
      },
      300_000,
    );
  });
}
