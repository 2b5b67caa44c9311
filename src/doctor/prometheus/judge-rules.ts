import { agree, plural } from '../../runtime/plural.ts';
import { parseDuration } from '../../runtime/units.ts';
import type { Judgement } from '../finding.ts';
import type { LoadedRule } from './answers.ts';

/** A rule as it is written. */
export interface ShippedRule {
  readonly name: string;
  readonly expr: string;
}

export interface RulesFound {
  readonly loaded: readonly LoadedRule[];
  readonly shipped: readonly ShippedRule[];
  /** where the shipped rules are */
  readonly file: string;
}

/** The most rules that one line names. */
const MOST_NAMED = 3;

/** Whether the rules are loaded, work, and are those that this version ships. Pure. */
export function judgeRules({ loaded, shipped, file }: RulesFound): readonly Judgement[] {
  const names = new Set(loaded.map(({ name }) => name));
  const wanted = [...new Set(shipped.map(({ name }) => name))];
  const missing = wanted.filter((name) => !names.has(name));
  const hint = `copy ${file} to where rule_files of prometheus.yml says, and reload Prometheus`;
  if (missing.length === wanted.length)
    return [{ severity: 'error', message: 'it has not loaded the alert rules', hint }];
  const present = new Set(loaded.map(keyOfLoaded));
  const other = [
    ...new Set(
      shipped
        .filter((rule) => names.has(rule.name) && !present.has(keyOf(rule.name, rule.expr)))
        .map(({ name }) => name),
    ),
  ];
  const broken = loaded.filter((rule) => wanted.includes(rule.name) && rule.health === 'err');
  const problems = [
    ...(missing.length === 0
      ? []
      : [problem('error', missing, agree(missing.length, 'is not loaded', 'are not loaded'))]),
    ...(other.length === 0
      ? []
      : [problem('warning', other, agree(other.length, 'differs', 'differ') + DIFFERS)]),
  ].map((found) => ({ ...found, hint }));
  const failing = broken.map(({ name, lastError = '' }): Judgement => ({
    severity: 'error',
    message: `its rule ${name} fails: ${lastError.slice(0, 300)}`,
    hint: 'see Status → Rule health of Prometheus; several daemons with the same client are a usual cause',
  }));
  if (problems.length + failing.length > 0) return [...problems, ...failing];
  return [{ severity: 'ok', message: `it has the ${wanted.length} rules of this version` }];
}

const DIFFERS = ' from what this version ships';

function problem(severity: 'error' | 'warning', names: readonly string[], what: string): Judgement {
  const more = names.length > MOST_NAMED ? ', …' : '';
  const listed = `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  return { severity, message: `${plural(names.length, 'rule')} (${listed}) ${what}` };
}

function keyOfLoaded({ name, query }: LoadedRule): string {
  return keyOf(name, query);
}

/** Prometheus writes an expression in its own way: other white space, and the largest unit of a duration. */
function keyOf(name: string, expression: string): string {
  const text = expression
    .replaceAll(/\s/g, '')
    .replaceAll(/(?<=\[)[^\]:]+(?=\])/g, (range) => String(parseDuration(range) ?? range));
  return `${name}=${text}`;
}
