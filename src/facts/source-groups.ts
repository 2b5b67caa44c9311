import * as z from 'zod/mini';
import {
  EMPTY_CATALOGUE,
  minus,
  type Catalogue,
  namesOf,
  namesToSet,
} from '../repository/catalogue.ts';
import { list, names, time } from './fields.ts';

/** An expected group: the snapshots of one host, of one path, or of one path from one host. */
const Group = z.readonly(
  z.object({
    host: z.optional(z.string()),
    path: z.optional(z.string()),
    /** when it was first expected */
    since: time,
    /** its newest snapshot, and the time of that; absent: the source has none */
    latest: z.optional(z.readonly(z.object({ id: z.string(), at: time }))),
  }),
);
export type Group = z.output<typeof Group>;

/** Snapshots that have the same host and the same paths. Long texts and lists are cut. */
const Origin = z.readonly(
  z.object({
    /** absent: there are too many different ones to remember all */
    host: z.optional(z.string()),
    paths: list(z.string()),
    hasMorePaths: z.optional(z.literal(true)),
    snapshots: names,
  }),
);
export type Origin = z.output<typeof Origin>;

/** The hosts and paths of the snapshots at the source, which only the password reveals. Only `work/groups/` writes it. */
export const SourceGroups = z.readonly(
  z.object({
    /** exactly those that are configured */
    groups: z.optional(list(Group)),
    /** when the snapshots were last read; absent: not since the groups were configured */
    readAt: z.optional(time),
    /** the place that they were read from */
    readFrom: z.optional(z.string()),
    origins: z.optional(list(Origin)),
    /** snapshots that the password does not open: corrupt, or not made with this repository's key */
    unreadable: z.optional(names),
  }),
);
export type SourceGroups = z.output<typeof SourceGroups>;

export const NO_GROUPS: SourceGroups = {};

/** Whether two groups ask for the same. */
export function isSameGroup(
  a: Pick<Group, 'host' | 'path'>,
  b: Pick<Group, 'host' | 'path'>,
): boolean {
  return a.host === b.host && a.path === b.path;
}

const known = new WeakMap<SourceGroups, Catalogue>();

/** The snapshots that were read, readable or not. */
export function readSnapshots(groups: SourceGroups): Catalogue {
  const before = known.get(groups);
  if (before !== undefined) return before;
  const { origins = [], unreadable = EMPTY_CATALOGUE, readAt } = groups;
  const sets = readAt === undefined ? [] : [unreadable, ...origins.map((one) => one.snapshots)];
  const all = namesToSet(sets.flatMap(namesOf));
  known.set(groups, all);
  return all;
}

/** The number of snapshots that were not read. Called at each poll, when usually nothing has changed. */
export function countUnread(groups: SourceGroups, snapshots: Catalogue): number {
  const read = readSnapshots(groups);
  return read.ids.equals(snapshots.ids) ? 0 : minus(snapshots, read).count;
}
