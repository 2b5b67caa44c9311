import { expect, test } from '@jest/globals';
import { SOURCE_SEVERITY } from '../../../src/report/source-severity.ts';
import { SOURCE_STATES } from '../../../src/report/types.ts';
import { ALERTS } from './finding-alerts.ts';
import { alerts } from './rules.ts';

test.each(Object.entries(ALERTS))('%s has its alert, or the reason why not', (_kind, answer) => {
  if ('none' in answer) {
    expect(answer.none).not.toBe('');
    return;
  }
  const names = new Set(alerts.map(({ alert }) => alert));
  expect(answer.filter((name) => !names.has(name))).toEqual([]);
  expect(answer.length).toBeGreaterThan(0);
});

test('each state of a source raises the alert listed here, with the severity of status', () => {
  const found = SOURCE_STATES.flatMap((state) =>
    alerts
      .filter(({ expr }) => statesIn(expr).includes(state))
      .map(({ alert = '', labels = {} }) => [state, alert, labels['severity']]),
  );
  const expected = SOURCE_STATES.flatMap((state) => {
    const answer = state === 'ok' || state === 'unknown' ? [] : ALERTS[`source_${state}`];
    const own = 'none' in answer ? [] : answer.filter((name) => name.startsWith('BackupSource'));
    return own.map((alert) => [state, alert, SOURCE_SEVERITY[state]]);
  });
  expect(found).toEqual(expected);
  expect(found).toHaveLength(11);
});

/** The states of a source that an expression selects. */
function statesIn(expr: string): string[] {
  const [, states = ''] = /source_state\{state=~?"([^"]+)"/.exec(expr) ?? [];
  return states.split('|');
}
