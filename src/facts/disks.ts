import type { Contents } from './contents.ts';
import type { BackendFacts, DiskFacts } from './facts.ts';
import { UNKNOWN_DISK } from './initial.ts';
import type { Place } from './place.ts';

/** Disks of one backend that are remembered beside the one that is there. */
const MOST_DISKS = 8;

/** What a look has found. */
export interface FoundPlace {
  readonly place: Place;
  /** `config` of the view, if that is whole where a script brings it */
  readonly wholeConfig?: string | undefined;
  /** former ids of its marker: the same disk */
  readonly replaces?: readonly string[] | undefined;
  /** false: what a program of the operator's brings elsewhere was never known there, and no disks take turns */
  readonly hasDisks: boolean;
}

/**
 * What is known of a backend after a look. When another disk is found where one was, it is what is remembered of that disk, if it
 * was there before, and what was known of the first one is kept for its return. Pure.
 */
export function enterPlace(known: BackendFacts, found: FoundPlace): KnownDisks {
  const { place, wholeConfig } = found;
  const entered = isSamePlace(known, place) ? known : exchangeDisks(known, found);
  return {
    place: { ...entered.place, ...place },
    contents: wholeConfig === undefined ? entered.contents : { ...entered.contents, wholeConfig },
    disks: entered.disks,
  };
}

type KnownDisks = Pick<BackendFacts, 'place' | 'contents' | 'disks'>;

function isSamePlace({ place: before, disks }: BackendFacts, { markerId }: Place): boolean {
  if (before.markerId !== undefined) return before.markerId === markerId;
  return markerId === undefined || !disks.has(markerId);
}

function exchangeDisks(known: BackendFacts, { place, replaces, hasDisks }: FoundPlace): KnownDisks {
  const { markerId } = place;
  if (markerId === undefined || !hasDisks) return { ...UNKNOWN_DISK, disks: known.disks };
  const disks = new Map(known.disks);
  if (known.place.markerId !== undefined && known.contents.complete !== undefined)
    disks.set(known.place.markerId, { place: known.place, contents: known.contents });
  const back = disks.get(markerId) ?? UNKNOWN_DISK;
  for (const id of [markerId, ...(replaces ?? [])]) disks.delete(id);
  return { ...back, disks: new Map(latestOf(disks)) };
}

/** Those that were there last: a disk that was thrown away is forgotten at some time. */
function latestOf(disks: ReadonlyMap<string, DiskFacts>): [string, DiskFacts][] {
  return [...disks]
    .sort(([, a], [, b]) => (b.place.lastContact ?? 0) - (a.place.lastContact ?? 0))
    .slice(0, MOST_DISKS);
}

/** What is known of every disk of a backend: of the one that is there, and of those that are away. */
export function disksOf(known: BackendFacts): DiskFacts[] {
  return [known, ...known.disks.values()];
}

/** The same with the contents of each of its disks replaced. Pure. */
export function withContents(
  known: BackendFacts,
  contentsOf: (disk: DiskFacts) => Contents,
): BackendFacts {
  const away = [...known.disks].map(
    ([id, disk]) => [id, { ...disk, contents: contentsOf(disk) }] as const,
  );
  return { ...known, contents: contentsOf(known), disks: new Map(away) };
}

/** What is known of the disk with this marker, whether it was there last or not. Pure. */
export function diskOf(known: BackendFacts, markerId: string): DiskFacts | undefined {
  return known.place.markerId === markerId ? known : known.disks.get(markerId);
}
