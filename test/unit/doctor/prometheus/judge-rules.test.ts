import { expect, test } from '@jest/globals';
import { judgeRules } from '../../../../src/doctor/prometheus/judge-rules.ts';
import { shippedRules } from '../../../../src/doctor/prometheus/shipped-rules.ts';

const shipped = [
  { name: 'A', expr: 'max by (client) (x[7d]) > 1\n' },
  { name: 'A', expr: 'max by (client) (x[7d]) > 2' },
  { name: 'B', expr: 'y' },
];
const LOADED = [
  { name: 'A', query: 'max by(client) (x[1w]) > 1' },
  { name: 'A', query: 'max by (client) (x[1w]) > 2' },
  { name: 'B', query: 'y', health: 'ok' },
  { name: 'Foreign', query: 'z', health: 'err' },
];
const judge = (loaded: Parameters<typeof judgeRules>[0]['loaded']) =>
  judgeRules({ loaded, shipped, file: '/r.yml' });

test('the same rules, as Prometheus writes them', () => {
  expect(judge(LOADED)).toEqual([
    { severity: 'ok', message: 'it has the 2 rules of this version' },
  ]);
});

test('no rules', () => {
  expect(judge([])).toMatchObject([
    {
      severity: 'error',
      message: 'it has not loaded the alert rules',
      hint: expect.stringContaining('copy /r.yml'),
    },
  ]);
});

test('rules of another version', () => {
  expect(judge([{ name: 'A', query: 'max by (client) (x[1w]) > 1' }])).toMatchObject([
    { severity: 'error', message: '1 rule (B) is not loaded' },
    { severity: 'warning', message: '1 rule (A) differs from what this version ships' },
  ]);
});

test('a rule that fails', () => {
  const failing = { name: 'B', query: 'y', health: 'err', lastError: 'many-to-many' };
  expect(judge([...LOADED.slice(0, 2), failing])).toMatchObject([
    { severity: 'error', message: 'its rule B fails: many-to-many' },
  ]);
});

test('the rules that come with this version', async () => {
  const { shipped: rules, file } = await shippedRules();
  expect(file).toMatch(/alerts\/backup-syncd\.rules\.yml$/);
  expect(rules.length).toBeGreaterThan(20);
  expect(rules.map(({ name }) => name)).toContain('BackupSnapshotMissing');
});
