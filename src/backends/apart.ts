import type { CallOptions, Location, PlaceIdentity } from '../locations/location.ts';
import { SyncdError } from '../runtime/errors.ts';
import { readMarker } from './marker.ts';
import type { CarefulInspection } from './raw-inspection.ts';

/** The error for a backend that is not separate from its source. Nothing is written to it. */
export class NotApartError extends SyncdError {}

interface Pair {
  readonly source: Location;
  readonly target: Location;
}

/**
 * Refuses a backend that is, contains, or is inside its source, by device and inode, because a bind mount or a hard link has
 * another path. Remotes have no such identity.
 *
 * @throws a NotApartError, before anything is written to the source (I12)
 */
export async function requireApart({ source, target }: Pair, options: CallOptions): Promise<void> {
  const [ours, theirs] = await Promise.all([source.identity(options), target.identity(options)]);
  if (ours === undefined || theirs === undefined) return;
  const relation = relationOf(ours, theirs);
  if (relation !== undefined) throw notApart({ source, target }, relation);
}

/**
 * Refuses a backend whose marker is visible through the source's path. Both are then one place under two names, such as an export
 * that is mounted twice.
 *
 * If the source does not answer, the places count as separate; a later inspection checks again.
 *
 * @throws a NotApartError
 */
export async function requireInvisible(
  { source, target }: Pair,
  markerId: string,
  options: CallOptions,
): Promise<void> {
  const visible = await readMarker(source, options).catch(ignoreSyncdError);
  if (visible?.id === markerId)
    throw notApart({ source, target }, 'is', 'its marker is visible there');
}

/** Checks a backend in use: at the first inspection, and at every full one, because a mount may have been added. */
export class ApartCheck {
  /** the marker id of a place that is known to be separate from the source */
  private knownId: string | undefined;

  /**
   * Temporary errors are no reason to refuse the backend. Without a view, the source is not asked.
   *
   * @throws a NotApartError
   */
  async check(
    target: Location,
    markerId: string,
    { source, view, care, signal }: Pick<CarefulInspection, 'source' | 'view' | 'care' | 'signal'>,
  ): Promise<void> {
    if ((this.knownId === markerId && care !== 'full') || view === undefined) return;
    await requireApart({ source, target }, { signal }).catch(ignoreUnlessRefused);
    await requireInvisible({ source, target }, markerId, { signal });
    this.knownId = markerId;
  }
}

/** How the place of a backend relates to the source; undefined if they are separate. Pure. */
export function relationOf(source: PlaceIdentity, target: PlaceIdentity): string | undefined {
  const { root } = target;
  if (root !== undefined && root === source.root) return 'is';
  if (source.root !== undefined && target.above.includes(source.root)) return 'lies inside';
  if (root !== undefined && source.above.includes(root)) return 'contains';
  const { config } = target;
  return config !== undefined && config === source.config
    ? 'shares the file config with'
    : undefined;
}

function notApart({ source, target }: Pair, relation: string, why?: string): NotApartError {
  const known = why ?? 'a bind mount or a hard link leads there';
  return new NotApartError(
    'not_initialised',
    `${target.label} ${relation} the source ${source.label} under another name: ${known}`,
    'choose a place that is separate from the source; if the source was restored by copying this backend, remove .backup-syncd from the source',
  );
}

function ignoreSyncdError(error: unknown): undefined {
  if (!(error instanceof SyncdError)) throw error;
}

function ignoreUnlessRefused(error: unknown): undefined {
  if (error instanceof NotApartError) throw error;
  ignoreSyncdError(error);
}
