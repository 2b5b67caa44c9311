import type { Location } from '../locations/location.ts';
import { lackingObjects } from '../replication/lacking.ts';
import { Catalogue, common, EMPTY_CATALOGUE } from '../repository/catalogue.ts';
import { dataCommon, flatten, split } from '../repository/data-catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import { NO_OBJECTS, objectsMinus, objectsPlus, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';

export interface LossContext {
  readonly view: View;
  readonly source: Location;
  readonly signal: AbortSignal;
  readonly wholeAt?: number | undefined;
  /** losses that are known from before this process started */
  readonly lost: Objects;
}

interface LossQuestion extends LossContext {
  readonly hasBaseline: boolean;
  /** what was known to be there; undefined in the first look of this process */
  readonly before: Objects | undefined;
  readonly listed: Objects;
}

/**
 * What was at a backend and is not any more, or has another size than in the view. A lost key, pack or index costs every
 * snapshot there its completeness; a lost snapshot file costs itself only, and is not counted here.
 *
 * After a restart nobody remembers what was there. Then what the view has and the backend lacks is a loss if the source
 * had it before the view was taken that was last whole there; what came later has merely not been sent yet.
 */
export async function findLosses(question: LossQuestion): Promise<Objects> {
  const { before, listed, view, hasBaseline } = question;
  if (before !== undefined) return objectsMinus(before, listed);
  if (!hasBaseline) return NO_OBJECTS;
  const missing = lackingObjects(view.objects, listed);
  const known = { ...question, wholeAt: question.wholeAt ?? (await newestVisible(question)) };
  const found: Objects = {
    keys: await olderThanWhole('keys', missing.keys, known),
    index: await olderThanWhole('index', missing.index, known),
    data: split(await olderThanWhole('data', flatten(missing.data), known)),
    snapshots: EMPTY_CATALOGUE,
  };
  return objectsPlus(objectsPlus(found, wrongSizes(missing, listed)), question.lost);
}

/** Without the state file: what a visible snapshot needs was there when that snapshot was sent. */
async function newestVisible(question: LossQuestion): Promise<number | undefined> {
  const { view, listed, source, signal } = question;
  const visible = common(view.objects.snapshots, listed.snapshots);
  const ids = [...visible.entries()].map(({ id }) => id);
  const found = await source.stat('snapshots', ids, { signal });
  return found.length === 0
    ? undefined
    : found.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), -Infinity);
}

/** What is there at all, but not as large as it should be. */
function wrongSizes(missing: Objects, listed: Objects): Objects {
  return {
    keys: common(missing.keys, listed.keys),
    index: common(missing.index, listed.index),
    data: dataCommon(missing.data, listed.data),
    snapshots: EMPTY_CATALOGUE,
  };
}

async function olderThanWhole(
  kind: HashedKind,
  missing: Catalogue,
  { source, signal, wholeAt }: LossContext,
): Promise<Catalogue> {
  if (missing.count === 0 || wholeAt === undefined) return EMPTY_CATALOGUE;
  const ids = [...missing.entries()].map(({ id }) => id);
  const found = await source.stat(kind, ids, { signal });
  const older = found.filter(({ mtimeMs }) => mtimeMs < wholeAt);
  return common(missing, Catalogue.from(older.map(({ id, size }) => [id, size])));
}
