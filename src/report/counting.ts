import type { BackendFacts, ClientFacts, DiskFacts } from '../facts/facts.ts';
import type { SourceHealth, SourceStateName } from '../facts/source-health.ts';

/** The part of a configuration that decides which places count as copies. */
export interface CountingSettings {
  readonly backends: readonly {
    readonly name: string;
    /** its copies count while the last contact is younger than this */
    readonly seenWithinMs: number;
    /** how long it may be away; with it, several disks may take turns */
    readonly offlineMs?: number;
    /** false: nothing is ever known about its content */
    readonly countsAsCopy?: false;
  }[];
}

/** States in which the source can be read and is the same repository as before. */
const READABLE: ReadonlySet<SourceStateName> = new Set(['ok', 'busy']);
/** States in which it is unknown whether the repository still exists. */
const UNREACHABLE: ReadonlySet<SourceStateName> = new Set(['missing', 'unreadable', 'timeout']);

/** Whether the source counts as a copy: it can be read, and nothing has vanished from it. */
export function countsAsSource({
  state,
  doubtfulSince,
}: Pick<SourceHealth, 'state' | 'doubtfulSince'>): boolean {
  return READABLE.has(state) && doubtfulSince === undefined;
}

/** Since when the source has not counted as a copy; undefined while it does. */
export function sourceUncountedSince(source: SourceHealth): number | undefined {
  if (countsAsSource(source)) return undefined;
  return source.uncountedSince ?? source.stateSince ?? 0;
}

/** Whether the source was intact when it was last read, and cannot be reached now. */
export function isSourceUnreachable({ state, doubtfulSince }: SourceHealth): boolean {
  return UNREACHABLE.has(state) && doubtfulSince === undefined;
}

/** Since when a backend has not counted as a copy, because the last contact is too long ago; undefined while it counts. */
export function backendUncountedSince(
  { place, configuredAt }: Pick<BackendFacts, 'place' | 'configuredAt'>,
  seenWithinMs: number,
  now: number,
): number | undefined {
  const until = (place.lastContact ?? configuredAt) + seenWithinMs;
  return now < until ? undefined : until;
}

/** Since when each backend has not counted, by name; only those that do not count. */
export function uncountedBackends(
  { backends }: ClientFacts,
  settings: CountingSettings,
  now: number,
): ReadonlyMap<string, number> {
  const uncounted = new Map<string, number>();
  for (const { name, seenWithinMs, countsAsCopy } of settings.backends) {
    const known = backends.get(name);
    if (known === undefined || countsAsCopy === false) continue;
    const since = backendUncountedSince(known, seenWithinMs, now);
    if (since !== undefined) uncounted.set(name, since);
  }
  return uncounted;
}

/** A disk that takes turns with the mounted one. */
export interface AwayDisk {
  readonly backend: string;
  readonly disk: DiskFacts;
  /** until when it counts */
  readonly until: number;
}

/**
 * The disks that are away, for backends with rotated disks. A backend that should always be there has one disk, so another disk
 * has replaced it. A disk that is mounted under any name is not away.
 */
export function awayDisks({ backends }: ClientFacts, settings: CountingSettings): AwayDisk[] {
  const present = new Set([...backends.values()].map(({ place }) => place.markerId));
  return settings.backends.flatMap(({ name, offlineMs, seenWithinMs }) =>
    [...(offlineMs === undefined ? [] : (backends.get(name)?.disks ?? []))]
      .filter(([id]) => !present.has(id))
      .map(([, disk]) => ({
        backend: name,
        disk,
        until: (disk.place.lastContact ?? 0) + seenWithinMs,
      })),
  );
}
