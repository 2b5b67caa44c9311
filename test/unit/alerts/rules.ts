import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectDirectory } from '../../support/tools.ts';

export type Rule = {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

export type RuleFile = { readonly groups: { readonly name: string; readonly rules: Rule[] }[] };

export const alertsDirectory = join(projectDirectory, 'alerts');
export const ruleFiles = ['backup-syncd.rules.yml', 'backup-syncd.watchdog.rules.yml'].map((name) =>
  join(alertsDirectory, name),
);

export function readRules(file: string): RuleFile {
  return parse(readFileSync(file, 'utf8')) as RuleFile;
}

export const rules = ruleFiles
  .flatMap((file) => readRules(file).groups)
  .flatMap((group) => group.rules);
export const alerts = rules.filter(({ alert }) => alert !== undefined);
