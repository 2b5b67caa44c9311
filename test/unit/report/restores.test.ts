import { expect, test } from '@jest/globals';
import { enterPlace } from '../../../src/facts/disks.ts';
import { initialBackend, initialFacts } from '../../../src/facts/initial.ts';
import {
  NO_RESTORES,
  withRestoreCheck,
  type RestoreCheckFacts,
} from '../../../src/facts/restores.ts';
import { deriveReport, type ReportSettings } from '../../../src/report/derive.ts';
import {
  failedRestores,
  noResultInWords,
  restoredInWords,
  restoresOf,
} from '../../../src/report/restores.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { sampleBackend, sampleSource } from '../metrics/sample-report.ts';

const DAY = 24 * 3_600_000;
const check = (at: number, outcome: RestoreCheckFacts['outcome'], message?: string) => ({
  at,
  outcome,
  snapshot: 'ab',
  snapshotAt: at - DAY,
  files: 20,
  bytes: 1,
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
  const { restores } = after(check(DAY, 'ok'), check(2 * DAY, 'inconclusive', 'no space'));

  expect(restores).toMatchObject({
    checkedAt: 2 * DAY,
    isGood: true,
    restoredAt: DAY,
    restoredSnapshotAt: 0,
    message: 'no space',
  });
  expect(restores).not.toHaveProperty('failure');
  const place = { ...(restores && { restores }) };
  expect(restoredInWords(place, 3 * DAY)).toBe('restored fine 2d ago');
  expect(noResultInWords(place)).toBe('no space');
});

test('a failed check is a problem of its place until a later one is good', () => {
  const failed = after(check(DAY, 'ok'), check(2 * DAY, 'failed', '/a was not restored')).restores;
  const bad = { ...(failed && { restores: failed }) };
  const places = { source: sampleSource(bad), backends: [sampleBackend(bad)] };

  expect(restoredInWords(bad, 3 * DAY)).toBe('restore check failed 1d ago');
  expect(noResultInWords(bad)).toBeUndefined();
  expect(failedRestores({ client: 'ahost', ...places })).toMatchObject([
    {
      kind: 'source_restore_failed',
      severity: 'critical',
      message: 'the source failed a restore check: /a was not restored',
      hint: 'to check again, run: backup-syncd restore-check ahost --backend source',
    },
    { kind: 'backend_restore_failed', backend: 'nas' },
  ]);
  const { known } = after(check(DAY, 'failed', 'x'), check(2 * DAY, 'ok'));
  expect(restoresOf(known)).not.toHaveProperty('failure');
});

const SETTINGS: ReportSettings = {
  pollMs: 60_000,
  snapshotEveryMs: null,
  graceMs: 0,
  copies: 1,
  copiesWithinMs: DAY,
  sourceLocation: '/source',
  backends: [
    {
      name: 'nas',
      kind: 'directory',
      location: '/nas',
      hasMarker: true,
      maxLagMs: DAY,
      seenWithinMs: DAY,
    },
  ],
};
const NOW = 9 * DAY;

/** A client after a failed check of a backend, at the disk `a`. */
function failedAt(markerId: string) {
  const nas = {
    ...initialBackend(0),
    place: { markerId },
    restores: after(check(DAY, 'ok'), check(2 * DAY, 'failed', '/a was not restored')).known,
  };
  return { ...initialFacts('ahost', ['nas'], 0), backends: new Map([['nas', nas]]) };
}

const failures = ({ findings }: { readonly findings: readonly { readonly kind: string }[] }) =>
  findings.filter(({ kind }) => kind === 'backend_restore_failed');

test('the result belongs to the disk: another one has none, and no counter goes back', () => {
  const facts = failedAt('a');
  const nas = facts.backends.get('nas') ?? initialBackend(0);
  const swap = (markerId: string, known = nas) => ({
    ...known,
    ...enterPlace(known, { place: { markerId, up: true }, hasDisks: true }),
  });
  const known = { ...nas, contents: { ...nas.contents, complete: Catalogue.from([]) } };
  const swapped = swap('b', known);
  const counts = { ok: 1, failed: 1, inconclusive: 0 };

  const report = deriveReport({ ...facts, backends: new Map([['nas', swapped]]) }, SETTINGS, NOW);
  expect(report.backends[0]).not.toHaveProperty('restores');
  expect(failures(report)).toEqual([]);
  expect(report.restoreChecks).toEqual(counts);

  const back = new Map([['nas', swap('a', swapped)]]);
  const returned = deriveReport({ ...facts, backends: back }, SETTINGS, NOW);
  expect(failures(returned)).toHaveLength(1);
  expect(returned.restoreChecks).toEqual(counts);
});

test('a result that no check can renew, because the password is gone, is not shown', () => {
  const facts = failedAt('a');
  expect(failures(deriveReport(facts, SETTINGS, NOW))).toHaveLength(1);

  const report = deriveReport(facts, { ...SETTINGS, canRestore: false }, NOW);
  expect(failures(report)).toEqual([]);
  expect(report.backends[0]).not.toHaveProperty('restores');
});
