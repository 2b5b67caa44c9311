import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SyncdError } from '../../../src/runtime/errors.ts';
import type { ClientReport } from '../../../src/report/types.ts';
import { backup, makeRig, MINUTE, START, type Rig } from './fixtures.ts';

const DAY = 24 * 60 * MINUTE;
/** Milliseconds by which a clock is wrong: no clock at boot, a dead battery, a time zone, NTP, a typing error. */
const wrong = fc.oneof(
  fc.constantFrom(-START, -365 * DAY, -5 * 60 * MINUTE, -2_000, 2_000, 5 * 60 * MINUTE, 365 * DAY),
  fc.integer({ min: -START, max: 100 * 365 * DAY }),
);

/** Three passes in which a snapshot comes before each; the clock of one of them is off. Then right ones. */
async function live(off: number, which: number, isDown: boolean): Promise<Rig> {
  const rig = await makeRig({ history: [], backends: ['nas'] });
  let now = START;
  for (let pass = 0; pass < 3; pass++) {
    backUpAt(rig, pass + 2, now - MINUTE);
    rig.clock.at = pass === which ? now + off : now;
    rig.target('nas').before = () => {
      if (isDown && pass > 0) throw new SyncdError('unreachable', 'gone', 'look');
    };
    await rig.sync();
    expectNothingAhead(rig.unit.report(), rig.clock.at);
    now += 20 * MINUTE;
  }
  for (let pass = 0; pass < 3; pass++, now += MINUTE) {
    rig.clock.at = now;
    await rig.sync();
  }
  return rig;
}

/** A backup whose snapshot has this mtime. */
function backUpAt({ model, source: { place } }: Rig, blob: number, mtimeMs: number): void {
  const before = new Set(place.paths('snapshots'));
  model.act(backup(blob));
  for (const path of place.paths('snapshots'))
    if (!before.has(path)) place.put(path, place.content(path) ?? '', mtimeMs);
}

function expectNothingAhead(report: ClientReport, now: number): void {
  const { source, backends, protection } = report;
  const times = [
    ...[source.latestSnapshotAt, source.lastScanAt, source.stateSince, report.observedAt],
    ...backends.flatMap((known) => [
      ...[known.latestSnapshotAt, known.lastContact, known.lastListing, known.lastSuccess],
      ...[known.since, known.baselineAt, known.stateSince, known.progressAt],
      ...(known.missing ?? []).map(({ owedSince }) => owedSince),
    ]),
  ];
  for (const at of times) if (at !== undefined) expect(at).toBeLessThanOrEqual(now);
  for (const { lagMs = 0 } of backends) expect(lagMs).toBeGreaterThanOrEqual(0);
  expect(protection.lagMs ?? 0).toBeGreaterThanOrEqual(0);
}

/**
 * The facts about the places that no clock may change. How long an absent backend counts is not one of them: when it was
 * last contacted, only the clock of then knows.
 */
function facts(rig: Rig, isDown: boolean) {
  const { source, backends, protection, dueAt } = rig.unit.report();
  return {
    rows: rig.unit.snapshots().map(({ id, snapshotAt }) => [id.length, snapshotAt]),
    latest: [source.latestSnapshotAt, backends[0]?.latestSnapshotAt],
    dueAt,
    lags: [backends[0]?.lagMs, isDown || protection.lagMs],
    owed: backends[0]?.missing?.map(({ owedSince }) => owedSince).sort(),
  };
}

test('one pass with any clock has no lasting effect', async () => {
  await fc.assert(
    fc.asyncProperty(wrong, fc.nat(2), fc.boolean(), async (off, which, isDown) => {
      const [real, other] = [await live(0, which, isDown), await live(off, which, isDown)];

      expect(facts(other, isDown)).toEqual(facts(real, isDown));
    }),
    { numRuns: 25 },
  );
});
