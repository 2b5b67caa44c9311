import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NEVER_RUN } from '../../../src/facts/attempts.ts';
import { NO_AUDIT } from '../../../src/facts/audit.ts';
import { activitiesOf } from '../../../src/report/activities.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
const AUDIT = { name: 'audit', everyMs: DAY };

/** When the audit is due, by its facts. */
function dueAt(
  audit: { readonly lastSuccess?: number; readonly configuredAt?: number },
  lastAbsence?: { readonly since: number; readonly endedAt: number },
): number | undefined {
  const attempts = { others: { audit: { ...NEVER_RUN, ...audit } } };
  const known = { attempts, audit: NO_AUDIT, place: { lastAbsence } };
  return activitiesOf([AUDIT], known, NOW)?.[0]?.dueAt;
}

describe('an activity is due', () => {
  test('two intervals after its last success', () => {
    const lastSuccess = NOW - 5 * HOUR;
    expect(dueAt({ lastSuccess, configuredAt: NOW - 90 * DAY })).toBe(lastSuccess + 2 * DAY);
  });

  test('two intervals after it was configured, if it never succeeded', () => {
    expect(dueAt({ configuredAt: NOW - 9 * DAY })).toBe(NOW - 7 * DAY);
  });

  test('two intervals after it was configured again', () => {
    expect(dueAt({ lastSuccess: NOW - 90 * DAY, configuredAt: NOW - HOUR })).toBe(
      NOW - HOUR + 2 * DAY,
    );
  });

  test('two intervals after everything was listed for another reason', () => {
    const attempts = { others: { audit: { ...NEVER_RUN, configuredAt: NOW - 9 * DAY } } };
    const at = NOW - HOUR;
    const audit = { lastAudit: { at, window: { to: at }, findings: [] } };
    expect(activitiesOf([AUDIT], { attempts, audit }, NOW)).toMatchObject([
      { lastSuccessAt: at, dueAt: at + 2 * DAY },
    ]);
  });

  test('never, while it is unknown since when it is configured', () => {
    expect(dueAt({})).toBeUndefined();
    expect(activitiesOf([AUDIT], { attempts: {}, audit: NO_AUDIT }, NOW)).toEqual([
      { ...AUDIT, failures: {} },
    ]);
  });

  test('at least one interval after the place returned', () => {
    const audit = { lastSuccess: NOW - 20 * DAY, configuredAt: NOW - 90 * DAY };
    const endedAt = NOW - HOUR;
    expect(dueAt(audit, { since: NOW - 19 * DAY, endedAt })).toBe(endedAt + DAY);
  });

  test('without a delay for a place that is away every night', () => {
    const audit = { lastSuccess: NOW - 5 * DAY, configuredAt: NOW - 90 * DAY };
    expect(dueAt(audit, { since: NOW - 9 * HOUR, endedAt: NOW - HOUR })).toBe(NOW - 3 * DAY);
  });

  test('after two intervals at most, even if a wrong clock recorded the last run', () => {
    const time = fc.integer({ min: 0, max: 2 * NOW });
    fc.assert(
      fc.property(
        fc.record({ lastSuccess: time, configuredAt: time }, { requiredKeys: ['configuredAt'] }),
        fc.record({ since: time, endedAt: time }),
        (audit, absence) => {
          expect(dueAt(audit, absence)).toBeLessThanOrEqual(NOW + 2 * DAY);
        },
      ),
    );
  });
});

test('an activity is shown with its failures', () => {
  const trouble = { reason: 'timeout' as const, message: 'it does not answer' };
  const audit = {
    ...NEVER_RUN,
    trouble,
    failures: 2,
    lastSuccess: NOW + HOUR,
    configuredAt: NOW - 90 * DAY,
    counters: { failures: { timeout: 3 } },
  };
  expect(
    activitiesOf([AUDIT], { attempts: { others: { audit, gone: audit } }, audit: NO_AUDIT }, NOW),
  ).toEqual([
    {
      ...AUDIT,
      lastSuccessAt: NOW,
      dueAt: NOW + 2 * DAY,
      trouble,
      failures: { timeout: 3 },
    },
  ]);
});
