import { expect, test } from '@jest/globals';
import { recordPass, type RecentPass } from '../../../src/report/recent-passes.ts';
import type { SyncReport } from '../../../src/facts/sync-report.ts';

function pass(startedAt: number, fields: Partial<SyncReport> = {}): SyncReport {
  const usual = { backend: 'nas', outcome: 'complete', published: [], replans: 0 } as const;
  return {
    ...usual,
    startedAt,
    endedAt: startedAt + 1,
    sent: { objects: 1, bytes: 1 },
    ...fields,
  };
}

function noted(...passes: readonly SyncReport[]) {
  const all = passes.reduce<readonly RecentPass[]>(recordPass, []);
  return all.map(({ pass: { backend, startedAt }, times, firstAt }) => ({
    backend,
    startedAt,
    times,
    firstAt,
  }));
}

test('the newest first; what found nothing to do is not kept', () => {
  const idle = { sent: { objects: 0, bytes: 0 } };
  expect(
    noted(
      pass(1),
      pass(2, { outcome: 'nothing' }),
      pass(3, { outcome: 'cancelled', ...idle }),
      pass(4, { outcome: 'cancelled' }),
    ).map(({ startedAt }) => startedAt),
  ).toEqual([4, 1]);
});

test('consecutive failures for the same reason are one, regardless of other backends', () => {
  const failed = { outcome: 'failed', reason: 'unreachable' } as const;
  expect(
    noted(
      pass(1, failed),
      pass(2, { backend: 'usb' }),
      pass(3, failed),
      pass(4, { outcome: 'nothing' }),
      pass(5, failed),
      pass(6, { ...failed, reason: 'no_space' }),
    ),
  ).toEqual([
    { backend: 'nas', startedAt: 6, times: 1, firstAt: 6 },
    { backend: 'nas', startedAt: 5, times: 3, firstAt: 1 },
    { backend: 'usb', startedAt: 2, times: 1, firstAt: 2 },
  ]);
});

test('only so many are kept', () => {
  expect(noted(...Array.from({ length: 50 }, (_, at) => pass(at)))).toHaveLength(20);
});
