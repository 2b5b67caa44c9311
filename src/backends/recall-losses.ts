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
  /** the expected content, as an earlier process knew it */
  readonly held: Held;
  /** the content found there */
  readonly listed: Objects;
  /** the objects at the source, which can name some of it */
  readonly source: Objects;
}

/** The losses while no process was running. */
export interface RecalledLosses {
  /** by name; a lost snapshot file affects only itself, and is not counted here */
  readonly lost: Objects;
  /** the minimum number that neither the saved names nor the source can name */
  readonly unnamed: number;
  /** false: something differs that is neither explained nor certainly a loss, so nothing there is known to be complete */
  readonly isCertain: boolean;
}

/**
 * Compares the content of a backend with the expected content, set by set: by name if names are saved, otherwise by count, sizes
 * and digest, with the help of the names at the source. Nothing is deleted at a backend, so the expected content only grows: of
 * two memories, the larger is newer, and what a pass added before it was killed needs no explanation. Pure.
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
  // for a place that another program writes to, only what the source had is saved
  if (isSummaryOf(expected, source)) return { ...NO_LOSS, lost: plus(lost, minus(source, there)) };
  const atSource = minus(source, restored);
  const all = { lost: plus(lost, atSource), with: plus(restored, atSource) };
  if (isSummaryOf(expected, all.with)) return { ...NO_LOSS, lost: all.lost };
  const missing = expected.count - all.with.count;
  if (missing > 0) return { lost: all.lost, unnamed: missing, isCertain: true };
  // truncated, and the source no longer has it
  if (hasSameIds(expected, restored)) return { lost, unnamed: 1, isCertain: true };
  return { lost, unnamed: 0, isCertain: false };
}
