import { expect, test } from '@jest/globals';
import { toDocument, toStatusDocument } from '../../../src/report/document.ts';
import {
  freshClient,
  NOW,
  sampleClient,
  sampleReport,
  troubledClient,
} from '../metrics/sample-report.ts';

test('every time is an ISO 8601 string, every duration and size a number', () => {
  const document = toStatusDocument({
    ...sampleReport(),
    clients: [sampleClient(), troubledClient(), freshClient()],
  });
  const isTime = (value: number) => Math.abs(value - NOW) < 365 * 24 * 3_600_000;
  const left: string[] = [];
  JSON.stringify(document, (key, value: unknown) => {
    if (typeof value === 'number' && isTime(value)) left.push(key);
    return value;
  });
  expect(left).toEqual([]);
  expect(document).toMatchObject({
    schemaVersion: 1,
    clients: [
      {
        dueAt: '2026-03-02T15:00:00.000Z',
        graceMs: 21_600_000,
        backends: [
          { lastSuccess: '2026-03-01T10:00:00.000Z', lagMs: 0, freeBytes: 1500 * 2 ** 30 },
          {},
        ],
      },
      { backends: [{ missing: [{ owedSince: '2026-03-01T03:00:00.000Z' }] }, {}] },
      { snapshotEveryMs: null },
    ],
  });
});

test('an unknown fact is absent', () => {
  const [client] = toStatusDocument({ ...sampleReport(), clients: [freshClient()] }).clients;
  expect(JSON.stringify(client)).not.toMatch(/lastContact|observedAt|dueAt/);
});

test('the report is not changed', () => {
  const client = troubledClient();
  toStatusDocument({ ...sampleReport(), clients: [client] });
  expect(client).toEqual(troubledClient());
});

test('a number that is not a valid time is absent', () => {
  expect(JSON.stringify(toDocument({ dueAt: Number.NaN, name: 'a' }))).toBe('{"name":"a"}');
});

test('any part of a report is converted', () => {
  const row = {
    id: 'a',
    snapshotAt: 0,
    copies: 1,
    protected: false,
    places: { source: 'complete' },
  };
  expect(toDocument(row)).toEqual({ ...row, snapshotAt: '1970-01-01T00:00:00.000Z' });
});
