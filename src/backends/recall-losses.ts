import { EMPTY_CATALOGUE, minus, plus, type Catalogue } from '../repository/catalogue.ts';
import {
  hasSameIds,
  isSummaryOf,
  objectsOf,
  setsOf,
  SNAPSHOTS,
  type Held,
  type SetSummary,
} from '../repository/held.ts';
import { NO_OBJECTS, internEmpty, type Objects } from '../repository/objects.ts';

export interface RecallQuestion {
  /** what should be at the backend, as an earlier process knew it */
  readonly held: Held;
  /** what was found there */
  readonly listed: Objects;
  /** what is at the source, from which some of it can be named */
  readonly source: Objects;
}

/** What vanished while no process looked. */
export interface RecalledLosses {
  /** by name; a lost snapshot file costs itself only, and is not counted here */
  readonly lost: Objects;
  /** those that neither the remembered names nor the source can name; at least so many */
  readonly unnamed: number;
  /** false: something differs that is neither explained nor certainly a loss, so nothing there is known to be complete */
  readonly isCertain: boolean;
}

/**
 * Compares what is at a backend with what should be there: set by set, by name where names are remembered, else by count,
 * sizes and digest, with the help of the names at the source. Nothing is ever deleted at a backend, so that what should be
 * there only grows: of two memories the larger one is the newer, and what a pass added before it was killed is no
 * difference to explain. Pure.
 */
export function recallLosses({ held, listed, source }: RecallQuestion): RecalledLosses {
  const [there, atSource] = [setsOf(listed), setsOf(source)];
  const names = held.objects === undefined ? [] : setsOf(held.objects);
  const found = there.map((set, i) =>
    compareSet({
      expected: held.summaries[i],
      named: names[i],
      present: set,
      source: atSource[i] ?? EMPTY_CATALOGUE,
    }),
  );
  const withoutSnapshots = found.map((one, i) => (i === SNAPSHOTS ? NO_LOSS : one));
  const lost = objectsOf(withoutSnapshots.map((one) => one.lost));
  return {
    lost: internEmpty({ ...lost, snapshots: NO_OBJECTS.snapshots }),
    unnamed: withoutSnapshots.reduce((sum, one) => sum + one.unnamed, 0),
    isCertain: withoutSnapshots.every((one) => one.isCertain),
  };
}

interface SetQuestion {
  readonly expected: SetSummary | undefined;
  readonly named: Catalogue | undefined;
  readonly present: Catalogue;
  readonly source: Catalogue;
}

interface SetLosses {
  readonly lost: Catalogue;
  readonly unnamed: number;
  readonly isCertain: boolean;
}

const NO_LOSS: SetLosses = { lost: EMPTY_CATALOGUE, unnamed: 0, isCertain: true };

function compareSet({ expected, named, present: there, source }: SetQuestion): SetLosses {
  const lost = named === undefined ? EMPTY_CATALOGUE : minus(named, there);
  if (expected === undefined) return { lost, unnamed: 0, isCertain: named !== undefined };
  const isNewer = named !== undefined && named.count > expected.count;
  const restored = plus(there, lost);
  if (isNewer || (named !== undefined && isSummaryOf(expected, named))) return { ...NO_LOSS, lost };
  if (isSummaryOf(expected, restored)) return { ...NO_LOSS, lost };
  // of a place that somebody else writes to, only what the source had is remembered
  if (isSummaryOf(expected, source)) return { ...NO_LOSS, lost: plus(lost, minus(source, there)) };
  const atSource = minus(source, restored);
  const all = { lost: plus(lost, atSource), with: plus(restored, atSource) };
  if (isSummaryOf(expected, all.with)) return { ...NO_LOSS, lost: all.lost };
  const missing = expected.count - all.with.count;
  if (missing > 0) return { lost: all.lost, unnamed: missing, isCertain: true };
  // cut short, and the source has it no longer
  if (hasSameIds(expected, restored)) return { lost, unnamed: 1, isCertain: true };
  return { lost, unnamed: 0, isCertain: false };
}
