import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temp.ts';
import { readRules, type Rule } from '../unit/alerts/rules.ts';

/** A test as promtool takes it. */
export interface RuleTest {
  readonly promql_expr_test?: readonly { readonly expr: string }[];
  readonly alert_rule_test?: readonly { readonly alertname: string }[];
}

export interface RuleTests {
  readonly evaluation_interval?: string;
  readonly rule_files: readonly string[];
  readonly tests: readonly RuleTest[];
}

/**
 * Writes the tests of a file again, each with a file of rules that has only those rules whose results it can see: the alerts that it
 * names, and the recorded rules that they use. promtool spends its time on evaluating rules, mostly those that no expectation mentions.
 *
 * @returns the files for promtool
 */
export function withOwnRules(all: RuleTests, rulesFile: string): string[] {
  const directory = temporaryDirectory();
  const groups = new Map<string, { rules: readonly Rule[]; tests: RuleTest[] }>();
  for (const test of all.tests) {
    const rules = rulesOf(
      test,
      readRules(rulesFile).groups.flatMap((group) => group.rules),
    );
    const key = JSON.stringify(rules);
    const group = groups.get(key) ?? { rules, tests: [] };
    group.tests.push(test);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ rules, tests }, index) => {
    const at = join(directory, String(index));
    mkdirSync(at);
    const name = 'backup-syncd'; // of the group
    writeFileSync(join(at, 'rules.yml'), JSON.stringify({ groups: [{ name, rules }] }));
    const file = join(at, 'tests.yaml');
    writeFileSync(file, JSON.stringify({ ...all, rule_files: ['rules.yml'], tests }));
    return file;
  });
}

function rulesOf(test: RuleTest, rules: readonly Rule[]): readonly Rule[] {
  const expressions = (test.promql_expr_test ?? []).map(({ expr }) => expr);
  const wanted = expressions.flatMap((expr) => alertsIn(expr));
  const names = (test.alert_rule_test ?? []).map(({ alertname }) => alertname);
  const isWanted = ({ alert = '' }: Rule): boolean =>
    alert !== '' &&
    [...names, ...wanted].some((pattern) => new RegExp(`^(${pattern})$`).test(alert));
  const kept = new Set(rules.filter(isWanted));
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    const text = JSON.stringify([expressions, [...kept]]);
    for (const rule of rules)
      if (rule.record !== undefined && text.includes(rule.record)) kept.add(rule);
  }
  return rules.filter((rule) => kept.has(rule));
}

/** The patterns of the alerts whose series an expression selects. */
function alertsIn(expr: string): string[] {
  return [...expr.matchAll(/\bALERTS(?:_FOR_STATE)?\b(\{[^}]*\})?/g)].map(
    ([, selector = '']) => /alertname=~?"([^"]+)"/.exec(selector)?.[1] ?? '.*',
  );
}
