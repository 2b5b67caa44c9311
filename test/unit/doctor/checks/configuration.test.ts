import { expect, test } from '@jest/globals';
import { judgeConfiguration } from '../../../../src/doctor/checks/configuration.ts';

test('a valid configuration', () => {
  expect(judgeConfiguration([], 2)).toEqual([
    { severity: 'ok', message: 'valid; 2 clients can run' },
  ]);
});

test('without a client, the hint says how to add one', () => {
  expect(judgeConfiguration([], 0)).toEqual([
    {
      severity: 'warning',
      message: 'no client is configured, so nothing is replicated',
      hint: 'add the first one: backup-syncd client add NAME',
    },
  ]);
});

test('every problem keeps its severity and position, and names its client', () => {
  const problem = { file: 'clients/ahost.yaml', line: 3, column: 5, key: 'source', message: 'x' };
  const ofDaemon = { file: 'backup-syncd.yaml', line: 0, column: 0, key: '', message: 'y' };

  expect(judgeConfiguration([problem, { ...ofDaemon, severity: 'warning' }], 1)).toEqual([
    { severity: 'error', client: 'ahost', message: 'clients/ahost.yaml:3:5: source: x' },
    { severity: 'warning', message: 'backup-syncd.yaml: y' },
  ]);
});
