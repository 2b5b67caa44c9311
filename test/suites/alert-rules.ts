import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runProcess } from '../support/process.ts';
import { monitoringTool } from '../support/prometheus.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';
import { alertsDirectory } from '../unit/alerts/rules.ts';
import { withOwnRules, type RuleTests } from './rules-of-tests.ts';

const TESTS = join(alertsDirectory, 'tests');

/** The files of alerts/tests. */
export const ruleTests: readonly string[] = readdirSync(TESTS).filter((name) =>
  name.endsWith('.yaml'),
);

/**
 * Has the promtool of a generation run files of alerts/tests. With all rules, each takes up to 15 seconds of computing.
 *
 * @param rules all of them, or for each test those whose results it can see
 */
export function testAlertRules(
  generation: Generation,
  files: readonly string[],
  rules: 'all' | 'own',
): void {
  describeWithTools([`${generation}/promtool`], `promtool of ${generation}`, () => {
    test.each(files)(
      `the rules are as tests/%s expects (${rules} rules)`,
      async (name) => {
        const promtool = monitoringTool('promtool', generation);
        const file = join(TESTS, name);
        const all = parse(readFileSync(file, 'utf8')) as RuleTests;
        const [rulesFile = ''] = all.rule_files;
        const run = rules === 'all' ? [file] : withOwnRules(all, join(TESTS, rulesFile));
        const args = ['test', 'rules', ...run];
        const env = { GOGC: '800' }; // it has little garbage: collecting it takes a fifth of its time
        const result = await runProcess(promtool, args, { env, timeoutMs: 580_000 });
        expect(result.stdout + result.stderr).not.toContain('FAILED');
        expect(result.stdout.match(/SUCCESS/g)).toHaveLength(run.length);
        expect(result.code).toBe(0);
      },
      600_000,
    );
  });
}
