import { expect, test } from '@jest/globals';
import type { Check } from '../../../src/doctor/check.ts';
import { examine } from '../../../src/doctor/examine.ts';
import { worstOf, type Finding } from '../../../src/doctor/finding.ts';
import type { Site } from '../../../src/doctor/site.ts';

const SITE: Site = {
  problems: [],
  places: [],
  units: [],
  ownDirectories: [],
  stateDirectory: '/s',
  user: { uid: 0, words: 'root', isDaemon: true },
  now: 0,
};
const fine: Check = {
  name: 'fine',
  run: () => Promise.resolve([{ severity: 'ok', message: 'good' }]),
};

async function findingsOf(checks: readonly Check[], deadlineMs = 300_000): Promise<Finding[]> {
  const found: Finding[] = [];
  const options = { signal: new AbortController().signal, deadlineMs };
  for await (const findings of examine(checks, SITE, options)) found.push(...findings);
  return found;
}

test('findings come in the order of the checks, whichever ends first', async () => {
  const slow: Check = {
    name: 'slow',
    run: () =>
      new Promise((resolve) =>
        setImmediate(() => resolve([{ severity: 'warning', message: 'bad', hint: 'repair it' }])),
      ),
  };
  expect(await findingsOf([slow, fine])).toEqual([
    { check: 'slow', severity: 'warning', message: 'bad', hint: 'repair it' },
    { check: 'fine', severity: 'ok', message: 'good' },
  ]);
});

test('a check that fails is unknown, and the others continue', async () => {
  const failing: Check = { name: 'failing', run: () => Promise.reject(new Error('EIO: no')) };
  expect(await findingsOf([failing, fine])).toEqual([
    { check: 'failing', severity: 'unknown', message: 'EIO: no' },
    { check: 'fine', severity: 'ok', message: 'good' },
  ]);
});

test('a check that ignores its deadline is unknown', async () => {
  const stuck: Check = { name: 'stuck', run: () => new Promise(() => undefined) };
  expect(await findingsOf([stuck, fine], 30)).toMatchObject([
    { check: 'stuck', severity: 'unknown', message: 'it did not end within 0.03 s' },
    { check: 'fine' },
  ]);
});

test('an error is worse than a warning, and a warning than what is unknown', () => {
  const worst = (...severities: Finding['severity'][]) =>
    worstOf(severities.map((severity) => ({ severity })));
  expect(worst()).toBe('ok');
  expect(worst('ok', 'unknown', 'ok')).toBe('unknown');
  expect(worst('unknown', 'warning')).toBe('warning');
  expect(worst('error', 'warning', 'unknown')).toBe('error');
});
