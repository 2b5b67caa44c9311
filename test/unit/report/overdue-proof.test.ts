import { describe, expect, test } from '@jest/globals';
import { overdueAt, overdueProof } from '../../../src/report/overdue-proof.ts';
import type { ActivityState, BackendState } from '../../../src/report/types.ts';
import { NOW, sampleBackend, sampleClient, sampleSource } from '../metrics/sample-report.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function audit(fields: Partial<ActivityState> = {}): ActivityState {
  return { name: 'audit', everyMs: DAY, failures: {}, dueAt: NOW - HOUR, ...fields };
}

/** The names of overdue activities of a backend. */
function overdue(fields: Partial<BackendState> = {}): string[] {
  return overdueAt(sampleBackend({ activities: [audit()], ...fields }), NOW).map(
    ({ name }) => name,
  );
}

describe('an activity is overdue', () => {
  test('after it was due', () => {
    expect(overdue()).toEqual(['audit']);
    expect(overdue({ activities: [audit({ dueAt: NOW })] })).toEqual([]);
    const [unknown] = [audit()].map(({ dueAt: _, ...rest }) => rest);
    expect(overdue({ activities: unknown ? [unknown] : [] })).toEqual([]);
  });

  test.each<[string, Partial<BackendState>]>([
    ['cannot be reached', { up: false }],
    ['may be away', { expectedBackAt: NOW + DAY }],
    ['is blocked', { state: 'blocked' }],
    ['is paused', { state: 'paused' }],
  ])('but not at a backend that %s', (_, fields) => {
    expect(overdue(fields)).toEqual([]);
  });

  test('but not at a backend in its first copy', () => {
    const { baselineAt: _, ...first } = sampleBackend({ activities: [audit()] });
    expect(overdueAt(first, NOW)).toEqual([]);
  });

  test('at a source, but not at one that cannot be used, which has its own finding', () => {
    const activities = [audit()];
    expect(overdueAt(sampleSource({ activities }), NOW)).toHaveLength(1);
    expect(overdueAt(sampleSource({ activities, state: 'busy' }), NOW)).toHaveLength(1);
    expect(overdueAt(sampleSource({ activities, state: 'missing' }), NOW)).toEqual([]);
  });
});

test('a restore check of the source names the source in its command', () => {
  const source = sampleSource({ activities: [audit({ name: 'restore-check' })] });
  const [finding] = overdueProof(sampleClient({ source, backends: [] }), NOW);
  expect(finding?.hint).toBe(
    'to see why, run it now: backup-syncd restore-check web --backend source',
  );
});

test('what is overdue is a warning that says since when, and why', () => {
  const trouble = { reason: 'timeout' as const, message: 'it did not answer' };
  const client = sampleClient({
    source: sampleSource({ activities: [audit()] }),
    backends: [
      sampleBackend({
        activities: [
          audit({ trouble, lastSuccessAt: NOW - 3 * DAY }),
          audit({ name: 'restore-check', everyMs: 7 * DAY, dueAt: NOW + DAY }),
        ],
      }),
    ],
  });

  expect(overdueProof(client, NOW)).toMatchObject([
    {
      kind: 'source_proof_overdue',
      severity: 'warning',
      message: 'the source has missed its audit: none has succeeded yet, and one is due every 1d',
      hint: 'to see why, run it now: backup-syncd audit web --backend source',
    },
    {
      kind: 'backend_proof_overdue',
      severity: 'warning',
      backend: 'nas',
      message:
        'has missed its audit: the last one that succeeded was 3d ago, and one is due every 1d: it did not answer',
      hint: 'to see why, run it now: backup-syncd audit web --backend nas',
    },
  ]);
});
