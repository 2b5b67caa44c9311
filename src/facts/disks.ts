import { HOUR_MS } from '../runtime/units.ts';
import type { Contents } from './contents.ts';
import type { BackendFacts, DiskFacts } from './facts.ts';
import { UNKNOWN_DISK } from './initial.ts';
import type { Place } from './place.ts';
import { RESTORE_OUTCOMES, sumOfCounts } from './restores.ts';

/** How many disks of one backend are remembered, besides the mounted one. */
const MOST_DISKS = 8;

/** The place that an inspection found. */
export interface FoundPlace {
  readonly place: Place;
  /** `config` of the view, if that is complete in a script's place */
  readonly wholeConfig?: string | undefined;
  /** former ids of its marker: the same disk */
  readonly replaces?: readonly string[] | undefined;
  /** false for a script's place, where disks do not take turns */
  readonly hasDisks: boolean;
}

/**
 * The facts about a backend after an inspection. If another disk is found, they are the saved facts about that disk, if it was
 * there before, and the facts about the first one are kept for its return. Pure.
 */
export function enterPlace(known: BackendFacts, found: FoundPlace): KnownDisks {
  const { place, wholeConfig } = found;
  const isSame = isSamePlace(known, place);
  const entered = isSame ? known : keepCounts(known, exchangeDisks(known, found));
  return {
    audit: entered.audit,
    restores: entered.restores,
    place: { ...entered.place, ...place, ...absence(entered.place, place, known.place.markerId) },
    contents: wholeConfig === undefined ? entered.contents : { ...entered.contents, wholeConfig },
    disks: entered.disks,
  };
}

/** The shortest absence that delays activities there. */
const SHORTEST_ABSENCE_MS = HOUR_MS;

/** The absence that ends with this contact. Another disk that takes its turn was away, too. */
function absence(
  { markerId, up, lastContact }: Place,
  { lastContact: now = -Infinity }: Place,
  mountedBefore: string | undefined,
): Pick<Place, 'lastAbsence'> {
  const wasAway = up === false || markerId !== mountedBefore;
  if (!wasAway || lastContact === undefined) return {};
  if (now - lastContact < SHORTEST_ABSENCE_MS) return {};
  return { lastAbsence: { since: lastContact, endedAt: now } };
}

type KnownDisks = Pick<BackendFacts, 'place' | 'contents' | 'audit' | 'restores' | 'disks'>;

function isSamePlace({ place: before, disks }: BackendFacts, { markerId }: Place): boolean {
  if (before.markerId !== undefined) return before.markerId === markerId;
  return markerId === undefined || !disks.has(markerId);
}

function exchangeDisks(known: BackendFacts, { place, replaces, hasDisks }: FoundPlace): KnownDisks {
  const { markerId } = place;
  if (markerId === undefined || !hasDisks) return { ...UNKNOWN_DISK, disks: known.disks };
  const disks = new Map(known.disks);
  if (known.place.markerId !== undefined && known.contents.complete !== undefined)
    disks.set(known.place.markerId, {
      place: known.place,
      contents: known.contents,
      audit: known.audit,
      restores: known.restores,
    });
  const back = disks.get(markerId) ?? UNKNOWN_DISK;
  for (const id of [markerId, ...(replaces ?? [])]) disks.delete(id);
  return { ...back, disks: new Map(latestOf(disks)) };
}

/** The facts about a backend whose place turned out to be another one. Pure. */
export function forgetDisk(known: BackendFacts): KnownDisks {
  return keepCounts(known, { ...UNKNOWN_DISK, disks: known.disks });
}

/** Keeps the counts of the restore checks of a forgotten disk at its backend, because a counter must not go back. */
function keepCounts(before: BackendFacts, after: KnownDisks): KnownDisks {
  const [had, has] = [sumOfCounts(disksOf(before)), sumOfCounts(disksOf(after))];
  const lost = RESTORE_OUTCOMES.filter((outcome) => had[outcome] > has[outcome]);
  if (lost.length === 0) return after;
  const known = after.restores.restoreCounts ?? {};
  const kept = lost.map((each) => [each, (known[each] ?? 0) + had[each] - has[each]] as const);
  const restoreCounts = { ...known, ...Object.fromEntries(kept) };
  return { ...after, restores: { ...after.restores, restoreCounts } };
}

/** The most recent disks, so that a discarded disk is forgotten eventually. */
function latestOf(disks: ReadonlyMap<string, DiskFacts>): [string, DiskFacts][] {
  return [...disks]
    .sort(([, a], [, b]) => (b.place.lastContact ?? 0) - (a.place.lastContact ?? 0))
    .slice(0, MOST_DISKS);
}

/** The facts about every disk of a backend: the mounted one, and those that are away. */
export function disksOf(known: DiskFacts & Pick<BackendFacts, 'disks'>): DiskFacts[] {
  return [known, ...known.disks.values()];
}

/** Replaces the contents of each disk. Pure. */
export function withContents(
  known: BackendFacts,
  contentsOf: (disk: DiskFacts) => Contents,
): BackendFacts {
  const away = [...known.disks].map(
    ([id, disk]) => [id, { ...disk, contents: contentsOf(disk) }] as const,
  );
  return { ...known, contents: contentsOf(known), disks: new Map(away) };
}

/** The facts about the disk with this marker, mounted or away. Pure. */
export function diskOf(known: BackendFacts, markerId: string): DiskFacts | undefined {
  return known.place.markerId === markerId ? known : known.disks.get(markerId);
}
