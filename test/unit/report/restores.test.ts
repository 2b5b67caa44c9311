import { expect, test } from '@jest/globals';
import {
  NO_RESTORES,
  restoreCheckCount,
  withRestoreCheck,
  type RestoreCheckFacts,
} from '../../../src/facts/restores.ts';
import { failedRestores, restoredInWords, restoresOf } from '../../../src/report/restores.ts';
import { sampleBackend, sampleSource } from '../metrics/sample-report.ts';

const DAY = 24 * 3_600_000;
const check = (at: number, outcome: RestoreCheckFacts['outcome'], message?: string) => ({
  ...{ at, outcome, snapshot: 'ab', snapshotAt: at - DAY, files: 20, bytes: 1 },
  ...(message !== undefined && { message }),
});

function after(...checks: readonly RestoreCheckFacts[]) {
  const known = checks.reduce(withRestoreCheck, NO_RESTORES);
  return { known, restores: restoresOf(known) };
}

test('nothing is said before the first check', () => {
  expect(after().restores).toBeUndefined();
  expect(restoredInWords({}, 0)).toBeUndefined();
});

test('a good check, which a later one without a result does not change', () => {
  const { known, restores } = after(check(DAY, 'ok'), check(2 * DAY, 'inconclusive', 'no space'));

  expect(restores).toMatchObject({
    ...{ checkedAt: 2 * DAY, isGood: true, restoredAt: DAY, restoredSnapshotAt: 0 },
    ...{ message: 'no space', counts: { ok: 1, failed: 0, inconclusive: 1 } },
  });
  expect(restores).not.toHaveProperty('failure');
  expect(restoredInWords({ ...(restores && { restores }) }, 3 * DAY)).toBe('restored fine 2d ago');
  expect(restoreCheckCount(known)).toBe(2);
});

test('a failed check is a problem of its place until a later one is good', () => {
  const failed = after(check(DAY, 'ok'), check(2 * DAY, 'failed', '/a was not restored')).restores;
  const bad = { ...(failed && { restores: failed }) };
  const places = { source: sampleSource(bad), backends: [sampleBackend(bad)] };

  expect(restoredInWords(bad, 3 * DAY)).toBe('restore check failed 1d ago');
  expect(failedRestores({ client: 'ahost', ...places })).toMatchObject([
    {
      ...{ kind: 'source_restore_failed', severity: 'critical' },
      message: 'files restored from the source are not right: /a was not restored',
      hint: 'check again: backup-syncd restore-check ahost --backend source',
    },
    { kind: 'backend_restore_failed', backend: 'nas' },
  ]);
  const { known } = after(check(DAY, 'failed', 'x'), check(2 * DAY, 'ok'));
  expect(restoresOf(known)).not.toHaveProperty('failure');
});
