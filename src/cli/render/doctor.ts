import { DOCTOR_SEVERITIES, type DoctorSeverity, type Finding } from '../../doctor/finding.ts';
import type { JudgedUser } from '../../doctor/site.ts';
import { plural } from '../../runtime/plural.ts';
import { toned, wrap, type Line, type Tone } from './line.ts';

const TONES: Readonly<Record<DoctorSeverity, Tone>> = {
  ok: 'ok',
  unknown: 'unknown',
  warning: 'warning',
  error: 'critical',
};

const SEVERITY_WIDTH = 9;
const CHECK_WIDTH = 15;
const INDENT = SEVERITY_WIDTH + CHECK_WIDTH;

/** The most lines of things that are fine that one check shows; the rest is counted. */
const MOST_FINE = 8;
/** The most clients or places that one line names. */
const MOST_NAMED = 3;

/** One line for each finding of a check, with what to do below it. The same finding about several places is one line. */
export function renderFindings(findings: readonly Finding[], width: number): Line[] {
  const lines = mergeEqual(findings);
  const fine = lines.filter(({ severity }) => severity === 'ok');
  const isLong = fine.length > MOST_FINE;
  const shown = isLong ? lines.filter(({ severity }) => severity !== 'ok') : lines;
  const [first] = fine;
  return [
    ...shown.flatMap((each) => renderOne(each, width)),
    ...(isLong && first !== undefined
      ? renderOne(
          { ...first, about: [], message: `${fine.length} of these: nothing is wrong` },
          width,
        )
      : []),
  ];
}

interface Merged extends Finding {
  readonly about: readonly string[];
}

function mergeEqual(findings: readonly Finding[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const finding of findings) {
    const { severity, message, hint } = finding;
    const key = JSON.stringify([severity, message, hint]);
    const about = [...(merged.get(key)?.about ?? []), ...nameOf(finding)];
    merged.set(key, { ...finding, about });
  }
  return [...merged.values()];
}

function nameOf({ client, place }: Finding): string[] {
  if (client === undefined) return [];
  return [place === undefined ? client : `${client}/${place}`];
}

function renderOne({ severity, check, about, message, hint }: Merged, width: number): Line[] {
  const text = about.length === 0 ? message : `${nameAll(about)}: ${message}`;
  const [first = '', ...more] = wrap(text, Math.max(width - INDENT, MOST_FINE));
  const indent = ' '.repeat(INDENT);
  return [
    [toned(severity.padEnd(SEVERITY_WIDTH), TONES[severity]), check.padEnd(CHECK_WIDTH), first],
    ...more.map((line) => `${indent}${line}`),
    ...(hint === undefined ? [] : [`${indent}→ ${hint}`]), // never wrapped, so that a command can be copied
  ];
}

function nameAll(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const others = names.length - MOST_NAMED;
  return others > 0 ? `${shown} and ${others} more` : shown;
}

/** The last line: how many errors and warnings there are, and for which user permissions were judged. */
export function renderVerdict(findings: readonly Finding[], user: JudgedUser): Line[] {
  const counts = DOCTOR_SEVERITIES.toReversed()
    .filter((severity) => severity !== 'ok')
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) =>
      severity === 'unknown' ? `${count} unknown` : plural(count, severity),
    );
  const found = counts.length === 0 ? 'nothing is wrong with the set-up' : counts.join(', ');
  return ['', `${found}; permissions were judged for ${user.words}`];
}
