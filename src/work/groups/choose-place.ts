import type { BackendFacts } from '../../facts/facts.ts';

/** How long a reading waits for a replica on this machine to have the new snapshots, in milliseconds. */
const PATIENCE_MS = 15 * 60_000;

interface PlaceQuestion {
  /** replicas in directories of this machine, in the order of the configuration */
  readonly replicas: readonly {
    readonly name: string;
    readonly known: Pick<BackendFacts, 'place' | 'contents' | 'attempts'>;
  }[];
  /** how long the reading has been due, in milliseconds */
  readonly waitedMs: number;
}

/**
 * The replica to read all snapshots from, the source, or nothing yet. A replica costs the source nothing; the source is read if
 * no replica has everything soon. Pure.
 */
export function choosePlace({
  replicas,
  waitedMs,
}: PlaceQuestion): { readonly replica: string } | 'source' | 'later' {
  // after a start, it is unknown for a moment whether it is there
  const there = replicas.filter(({ known: { place } }) => place.up !== false);
  const complete = there.find(
    ({ known: { place, contents } }) =>
      place.up === true && contents.baselineAt !== undefined && contents.missing?.size === 0,
  );
  if (complete !== undefined) return { replica: complete.name };
  const isSoon = there.some(({ known: { attempts } }) => attempts.trouble === undefined);
  return isSoon && waitedMs < PATIENCE_MS ? 'later' : 'source';
}
