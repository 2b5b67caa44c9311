import { expect, test } from '@jest/globals';
import { assessAll, describeWorst } from '../../../src/report/overall.ts';
import type { Picture } from '../../../src/report/types.ts';
import { freshClient, sampleClient, sampleReport } from '../metrics/sample-report.ts';

const well = { ...sampleReport(), clients: [sampleClient()], refused: [] };

test('all is well', () => {
  expect(assessAll(well)).toEqual({ severity: 'ok', findings: [] });
});

test('a warning is not "all is well", and is named', () => {
  const findings = [
    { kind: 'backend_lagging', severity: 'warning', backend: 'nas', message: 'is 9h behind' },
    { kind: 'source_refused_names', severity: 'warning', message: 'something else' },
  ] as const;
  const clients = [sampleClient(), sampleClient({ client: 'db', severity: 'warning', findings })];
  const overall = assessAll({ ...well, clients });
  expect(overall.severity).toBe('warning');
  expect(describeWorst(overall)).toBe('db: nas is 9h behind (and 1 more)');
});

test.each<readonly [string, Partial<Picture>, readonly [string, string]]>([
  [
    'a refused client',
    { refused: [{ client: 'x', error: 'y' }] },
    ['warning', 'x: it was refused'],
  ],
  [
    'a refused backup-syncd.yaml',
    { configError: 'backup-syncd.yaml:1:1: x' },
    [
      'warning',
      'the new configuration was refused, and the old one stays in use: backup-syncd.yaml',
    ],
  ],
  [
    'a loop that stands still',
    { notReady: [{ client: 'web', message: 'its loop hangs' }] },
    ['warning', 'web: its loop hangs'],
  ],
  ['no client at all', { clients: [] }, ['unknown', 'no client is configured']],
  [
    'nothing but refused clients',
    { clients: [], refused: [{ client: 'x', error: 'y' }] },
    ['warning', 'x: it was refused'],
  ],
  [
    'a client that waits',
    { unknown: [{ client: 'db', message: 'has not started yet' }] },
    ['unknown', 'db: has not started yet'],
  ],
  [
    'a client that was not checked',
    { clients: [freshClient('web')] },
    ['unknown', 'web: has not been checked yet'],
  ],
])('%s is not well', (_what, fields, [severity, said]) => {
  const overall = assessAll({ ...well, ...fields });
  expect(overall.severity).toBe(severity);
  expect(describeWorst(overall)).toContain(said);
});

test('the worst comes first', () => {
  const critical = sampleClient({
    client: 'db',
    severity: 'critical',
    findings: [{ kind: 'source_missing', severity: 'critical', message: 'it is gone' }],
  });
  const overall = assessAll({
    ...well,
    clients: [freshClient('web'), critical],
    refused: [{ client: 'x', error: 'y' }],
  });
  expect(overall.findings.map(({ severity }) => severity)).toEqual([
    'critical',
    'warning',
    'unknown',
  ]);
});
