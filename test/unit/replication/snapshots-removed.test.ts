import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  judgeRemoval,
  REMOVAL_WINDOW_MS,
  type Removal,
  type SuspiciousRemoval,
} from '../../../src/replication/snapshots-removed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 10, 29);

function removal(options: Partial<Removal>) {
  const none = { kept: [], added: [], removed: [], removedBefore: [], newestRemoved: undefined };
  return judgeRemoval({ ...none, now, ...options });
}

/** Times of snapshots, given their ages in days. */
function aged(...days: number[]): number[] {
  return days.map((day) => now - day * DAY);
}

describe('removals that an attacker makes', () => {
  test('all snapshots are removed', () => {
    expect(removal({ removed: aged(0.1) })).toEqual({ kind: 'all' });
  });

  test('all snapshots are removed and a fake one is added', () => {
    expect(removal({ added: aged(0), removed: aged(0.1, 0.2) })).toEqual({ kind: 'all' });
  });

  test('the newest snapshot is removed and nothing newer comes', () => {
    const [newestRemoved] = aged(0.1);
    expect(removal({ kept: aged(0.2, 3), removed: aged(0.1), newestRemoved })).toEqual({
      kind: 'newest',
    });
  });

  test('everything but the newest snapshot is removed from a repository with history', () => {
    const removed = aged(0.5, 1.5, 3, 6, 12, 25, 50, 100);
    expect(removal({ kept: aged(0.1), removed })).toEqual({ kind: 'ages', emptied: 7, held: 8 });
  });
});

describe('removals that a policy makes', () => {
  test('nothing is removed', () => {
    expect(removal({ kept: aged(0.1) })).toBeUndefined();
  });

  test('a backup with keep-last 1 replaces the newest snapshot', () => {
    const [newestRemoved] = aged(1);
    expect(removal({ added: aged(0), removed: aged(1), newestRemoved })).toBeUndefined();
  });

  test('96 % of hourly backups leave at midnight', () => {
    const removed = Array.from({ length: 23 }, (_, i) => now - DAY + i * HOUR);
    expect(removal({ kept: aged(0, 1.1, 2.1, 3.1, 4.1), removed })).toBeUndefined();
  });

  test('a snapshot of the future leaves: a clock is wrong', () => {
    expect(removal({ kept: aged(1.5), removed: aged(-2) })).toBeUndefined();
  });

  test('one age becomes empty', () => {
    expect(removal({ kept: aged(0.1, 1.5), removed: aged(3) })).toBeUndefined();
  });
});

test('more remaining snapshots never make a removal more suspicious', () => {
  const times = fc.array(fc.integer({ min: 0, max: 400 * 24 }).map((hours) => now - hours * HOUR));
  fc.assert(
    fc.property(times, times, times, (kept, removed, more) => {
      fc.pre(removal({ kept, removed }) === undefined);
      expect(removal({ kept: [...kept, ...more], removed })).toBeUndefined();
    }),
  );
});

/** The snapshots that `restic forget` keeps, by its documentation. */
interface Policy {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  readonly withinDays?: number;
}

const PERIODS = {
  hourly: (time: number) => Math.floor(time / HOUR),
  daily: (time: number) => Math.floor(time / DAY),
  weekly: (time: number) => Math.floor((time / DAY + 3) / 7),
  monthly: (time: number) => new Date(time).toISOString().slice(0, 7),
  yearly: (time: number) => new Date(time).getUTCFullYear(),
} as const;

/** @param snapshots times, the oldest first */
function keptBy(policy: Policy, snapshots: readonly number[]): Set<number> {
  const newestFirst = [...snapshots].reverse();
  const kept = new Set(newestFirst.slice(0, policy.last ?? 0));
  const [newest = 0] = newestFirst;
  for (const time of newestFirst)
    if (newest - time <= (policy.withinDays ?? -1) * DAY) kept.add(time);
  for (const [name, periodOf] of Object.entries(PERIODS)) {
    const periods = new Set<unknown>();
    const most = policy[name as keyof typeof PERIODS] ?? 0;
    for (const time of newestFirst) {
      if (periods.size >= most) break;
      if (!periods.has(periodOf(time))) kept.add(time);
      periods.add(periodOf(time));
    }
  }
  return kept;
}

interface Schedule {
  readonly everyHours: number;
  readonly policy: Policy;
  readonly forgetEveryHours: number;
}

/** Backs up and forgets for 400 days, and judges what a look after each forget finds. */
function simulate({ everyHours, policy, forgetEveryHours }: Schedule): SuspiciousRemoval[] {
  const found: SuspiciousRemoval[] = [];
  let present: number[] = [];
  let seen: number[] = [];
  let earlier: { readonly time: number; readonly at: number }[] = [];
  for (let hour = 0; hour < 400 * 24; hour++) {
    const at = now + hour * HOUR;
    if (hour % everyHours === 0) present.push(at);
    if (hour % forgetEveryHours === 0) {
      const kept = keptBy(policy, present);
      present = present.filter((time) => kept.has(time));
    }
    const there = new Set(present);
    const known = new Set(seen);
    const removed = seen.filter((time) => !there.has(time));
    const newest = seen.at(-1);
    earlier = earlier.filter((one) => at - one.at < REMOVAL_WINDOW_MS);
    const verdict = judgeRemoval({
      kept: seen.filter((time) => there.has(time)),
      added: present.filter((time) => !known.has(time)),
      removed,
      removedBefore: earlier.map(({ time }) => time),
      now: at,
      newestRemoved: newest !== undefined && !there.has(newest) ? newest : undefined,
    });
    if (verdict !== undefined) found.push(verdict);
    earlier.push(...removed.map((time) => ({ time, at })));
    seen = present.slice();
  }
  return found;
}

const USUAL: Policy = { daily: 7, weekly: 4, monthly: 12 };
const LONG: Policy = { hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 75 };

describe('400 days of backups and forgets raise no alarm', () => {
  test.each<[string, Schedule]>([
    ['hourly, nightly', { everyHours: 1, policy: USUAL, forgetEveryHours: 24 }],
    ['hourly, after each backup', { everyHours: 1, policy: USUAL, forgetEveryHours: 1 }],
    ['hourly, weekly', { everyHours: 1, policy: USUAL, forgetEveryHours: 168 }],
    ['hourly, long, nightly', { everyHours: 1, policy: LONG, forgetEveryHours: 24 }],
    ['hourly, long, weekly', { everyHours: 1, policy: LONG, forgetEveryHours: 168 }],
    ['hourly, last 24', { everyHours: 1, policy: { last: 24 }, forgetEveryHours: 24 }],
    ['hourly, last 1', { everyHours: 1, policy: { last: 1 }, forgetEveryHours: 1 }],
    ['six-hourly, nightly', { everyHours: 6, policy: USUAL, forgetEveryHours: 24 }],
    [
      'six-hourly, within 7 days',
      { everyHours: 6, policy: { withinDays: 7 }, forgetEveryHours: 24 },
    ],
    ['daily, after each', { everyHours: 24, policy: USUAL, forgetEveryHours: 24 }],
    ['daily, weekly forget', { everyHours: 24, policy: USUAL, forgetEveryHours: 168 }],
    ['daily, monthly forget', { everyHours: 24, policy: USUAL, forgetEveryHours: 720 }],
    ['daily, last 7', { everyHours: 24, policy: { last: 7 }, forgetEveryHours: 24 }],
    [
      'daily, last 7, weekly forget',
      { everyHours: 24, policy: { last: 7 }, forgetEveryHours: 168 },
    ],
    [
      'daily, last 30, weekly forget',
      { everyHours: 24, policy: { last: 30 }, forgetEveryHours: 168 },
    ],
    ['weekly', { everyHours: 168, policy: { weekly: 8, monthly: 12 }, forgetEveryHours: 168 }],
    ['weekly, last 4', { everyHours: 168, policy: { last: 4 }, forgetEveryHours: 168 }],
    ['daily, yearly too', { everyHours: 24, policy: LONG, forgetEveryHours: 24 }],
  ])('%s', (_, schedule) => {
    expect(simulate(schedule)).toEqual([]);
  });

  test('a weekly forget that keeps two of nine daily backups raises an alarm: it looks like an attack', () => {
    const found = simulate({ everyHours: 24, policy: { last: 2 }, forgetEveryHours: 168 });
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({ kind: 'ages' });
  });
});
