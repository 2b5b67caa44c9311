import { expect, test } from '@jest/globals';
import { renderFindings, renderVerdict } from '../../../../src/cli/render/doctor.ts';
import { textOf } from '../../../../src/cli/render/line.ts';
import type { Finding } from '../../../../src/doctor/finding.ts';

const user = { uid: 998, words: 'user backup (uid 998)', isDaemon: true };
const low: Finding = {
  check: 'space',
  severity: 'warning',
  message: '3 % free on /srv/nas',
  hint: 'free some',
};

function textsOf(findings: readonly Finding[], width = Infinity): string[] {
  return renderFindings(findings, width).map(textOf);
}

test('one line for each finding, and what to do below it', () => {
  expect(
    textsOf([
      { check: 'space', severity: 'ok', message: '80 % free on /' },
      { ...low, client: 'ahost', place: 'nas' },
    ]),
  ).toEqual([
    'ok       space          80 % free on /',
    'warning  space          ahost/nas: 3 % free on /srv/nas',
    '                        → free some',
  ]);
});

test('the same finding about several places is one line', () => {
  const findings = ['a', 'b', 'c', 'd', 'e'].map((client) => ({ ...low, client, place: 'nas' }));
  expect(textsOf(findings)[0]).toBe(
    'warning  space          a/nas, b/nas, c/nas and 2 more: 3 % free on /srv/nas',
  );
  expect(textsOf(findings)).toHaveLength(2);
});

test('many things that are fine are counted', () => {
  const findings = Array.from({ length: 20 }, (_, i) => ({
    check: 'places',
    severity: 'ok' as const,
    client: `c${i}`,
    message: `fine ${i}`,
  }));
  expect(textsOf([...findings, { ...low, client: 'ahost' }])).toEqual([
    'warning  space          ahost: 3 % free on /srv/nas',
    '                        → free some',
    'ok       places         20 of these: nothing is wrong',
  ]);
});

test('a narrow terminal wraps sentences, and never a hint', () => {
  expect(textsOf([low], 36)).toEqual([
    'warning  space          3 % free on',
    '                        /srv/nas',
    '                        → free some',
  ]);
});

test('the verdict counts what is wrong, and says for whom it was judged', () => {
  const verdict = (...severities: Finding['severity'][]) =>
    textOf(
      renderVerdict(
        severities.map((severity) => ({ ...low, severity })),
        user,
      ).at(-1) ?? '',
    );
  expect(verdict('ok')).toBe(
    'nothing is wrong with the set-up; permissions were judged for user backup (uid 998)',
  );
  expect(verdict('warning', 'error', 'warning', 'unknown')).toMatch(
    /^1 error, 2 warnings, 1 unknown; /,
  );
});
