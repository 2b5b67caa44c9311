import type { Group, Origin, SourceGroups } from '../../facts/source-groups.ts';
import { namesMinus, type Catalogue, namesToSet } from '../../repository/catalogue.ts';
import type { SnapshotTimes } from '../../repository/snapshot-times.ts';

/** The host and paths in a snapshot. Untrusted: they can be anything. */
export interface Description {
  readonly id: string;
  readonly hostname: string;
  readonly paths: readonly string[];
}

/** How many different combinations of host and paths are remembered, those of the newest snapshots. */
const MOST_ORIGINS = 100;
/** How many paths of a snapshot are remembered. */
const MOST_PATHS = 10;
/** The longest text that is remembered, in characters. */
const LONGEST = 255;

interface ReadingOptions {
  readonly known: SourceGroups;
  /** at the source */
  readonly snapshots: Catalogue;
  /** of all snapshots that are known, at the source or only at backends */
  readonly times: SnapshotTimes;
}

/** The facts after a reading. */
export type ReadGroups = { [K in keyof SourceGroups]-?: NonNullable<SourceGroups[K]> };

/** Collects the hosts and paths of snapshots, one after the other, in memory that does not depend on their content. */
export class Reading {
  private readonly options: ReadingOptions;
  private readonly groups: Mutable<Group>[];
  /** of the paths that are expected, the groups */
  private readonly byPath = new Map<string | undefined, Mutable<Group>[]>();
  private readonly origins = new Map<string, Collected>();
  private readonly undescribed: string[] = [];
  private readonly seen = new Set<string>();

  constructor(options: ReadingOptions) {
    this.options = options;
    this.groups = (options.known.groups ?? []).map(({ latest: _, ...group }) => group);
    for (const group of this.groups)
      this.byPath.set(group.path, [...(this.byPath.get(group.path) ?? []), group]);
  }

  add(description: Description): void {
    const { id } = description;
    const { snapshots, times } = this.options;
    const at = times.get(id)?.time;
    if (at === undefined || this.seen.has(id)) return;
    this.seen.add(id);
    if (snapshots.has(id)) this.addToGroups(description, at);
    this.addToOrigins({ ...originOf(description), id, at });
  }

  /** The facts, after all snapshots. */
  end(readAt: number, readFrom: string): ReadGroups {
    const { known, snapshots, times } = this.options;
    for (const { host, paths, hasMorePaths, snapshots: before } of known.origins ?? [])
      for (const { id } of before.entries()) {
        const at = times.get(id)?.time;
        if (host === undefined || at === undefined || snapshots.has(id) || this.seen.has(id))
          continue;
        this.addToOrigins({ host, paths, id, at, ...(hasMorePaths && { hasMorePaths }) });
      }
    this.forgetOldest(MOST_ORIGINS);
    const origins: Origin[] = [...this.origins.values()].map(({ origin, ids }) => ({
      ...origin,
      snapshots: namesToSet(ids),
    }));
    if (this.undescribed.length > 0)
      origins.push({ paths: [], snapshots: namesToSet(this.undescribed) });
    const unreadable = namesMinus(snapshots, namesToSet(this.seen));
    return { groups: this.groups, readAt, readFrom, origins, unreadable };
  }

  private addToGroups({ id, hostname, paths }: Description, at: number): void {
    const ofPaths = new Set(paths.flatMap((path) => this.byPath.get(path) ?? []));
    for (const group of [...(this.byPath.get(undefined) ?? []), ...ofPaths])
      if (group.host === undefined || group.host === hostname)
        if (group.latest === undefined || at >= group.latest.at) group.latest = { id, at };
  }

  private addToOrigins({ id, at, ...origin }: Placed): void {
    const key = JSON.stringify(origin);
    const before = this.origins.get(key);
    if (before === undefined) {
      this.origins.set(key, { origin, ids: [id], newestAt: at });
      if (this.origins.size >= 2 * MOST_ORIGINS) this.forgetOldest(MOST_ORIGINS);
      return;
    }
    before.ids.push(id);
    before.newestAt = Math.max(before.newestAt, at);
  }

  private forgetOldest(most: number): void {
    const oldest = [...this.origins].sort(([, a], [, b]) => b.newestAt - a.newestAt).slice(most);
    for (const [key, { ids }] of oldest) {
      this.origins.delete(key);
      for (const id of ids) this.undescribed.push(id);
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Shown = Omit<Origin, 'snapshots'>;
type Placed = Shown & { readonly id: string; readonly at: number };

interface Collected {
  readonly origin: Shown;
  readonly ids: string[];
  newestAt: number;
}

function originOf({ hostname, paths }: Description): Shown {
  const host = cutText(hostname);
  const shown = paths.slice(0, MOST_PATHS).map(cutText);
  return paths.length > MOST_PATHS
    ? { host, paths: shown, hasMorePaths: true }
    : { host, paths: shown };
}

function cutText(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
