import { expect, test } from '@jest/globals';
import { whyNotWell } from '../../../src/report/why-not-well.ts';
import { sampleClient, sampleReport } from '../metrics/sample-report.ts';

const well = { ...sampleReport(), clients: [sampleClient()], refused: [], notReady: [] };

test('all is well', () => {
  expect(whyNotWell(well, ['web'])).toBeUndefined();
});

test('a warning is not well, and is named', () => {
  const findings = [
    { severity: 'warning' as const, backend: 'nas', message: 'is 9h behind' },
    { severity: 'warning' as const, message: 'something else' },
  ];
  const clients = [sampleClient(), sampleClient({ client: 'db', severity: 'warning', findings })];
  expect(whyNotWell({ ...well, clients }, ['web', 'db'])).toEqual({
    message: 'db: nas: is 9h behind',
    isUnknown: false,
  });
});

test('what is not known yet is not well, either', () => {
  const clients = [sampleClient({ severity: 'unknown' })];
  expect(whyNotWell({ ...well, clients }, ['web'])).toEqual({
    message: 'web: was not looked at yet',
    isUnknown: true,
  });
});

test.each([
  ['a refused client', { refused: [{ client: 'x', error: 'x' }] }, 'x: it is refused: x'],
  ['a refused file', { lastReloadSuccessful: false }, 'the newest configuration was refused'],
  ['a loop that stands still', { notReady: ['web: its loop hangs'] }, 'web: its loop hangs'],
  ['no client at all', { clients: [] }, 'no client is configured'],
])('%s', (_what, fields, message) => {
  expect(whyNotWell({ ...well, ...fields }, [])).toEqual({ message, isUnknown: false });
});

test('a client that another process still holds', () => {
  expect(whyNotWell(well, ['web', 'db', 'mail'])?.message).toBe(
    'db: is not started yet (and 1 more)',
  );
});
