import {
  common,
  EMPTY_CATALOGUE,
  minus,
  namesMinus,
  plus,
  type Catalogue,
  type ObjectSet,
} from './catalogue.ts';
import { EMPTY_DATA, zipData, type DataCatalogue } from './data-catalogue.ts';
import { HASHED_KINDS, type HashedKind } from './names.ts';

/** The hashed objects of a repository, by kind: those at a place, those that should be there, or those to send. */
export interface Objects {
  readonly keys: Catalogue;
  readonly data: DataCatalogue;
  readonly index: Catalogue;
  readonly snapshots: Catalogue;
}

export const NO_OBJECTS: Objects = {
  keys: EMPTY_CATALOGUE,
  data: EMPTY_DATA,
  index: EMPTY_CATALOGUE,
  snapshots: EMPTY_CATALOGUE,
};

function zip(a: Objects, b: Objects, combine: (a: Catalogue, b: Catalogue) => Catalogue): Objects {
  return {
    keys: combine(a.keys, b.keys),
    data: zipData(a.data, b.data, combine),
    index: combine(a.index, b.index),
    snapshots: combine(a.snapshots, b.snapshots),
  };
}

/** The objects of `a` that `b` lacks or has with another size. */
export function objectsMinus(a: Objects, b: Objects): Objects {
  return zip(a, b, minus);
}

export function objectsPlus(a: Objects, b: Objects): Objects {
  return zip(a, b, plus);
}

/** The objects of `a` that `b` has, too, regardless of size. */
export function objectsCommon(a: Objects, b: Objects): Objects {
  return zip(a, b, common);
}

/** The objects of `a` whose names are not in `b`, regardless of size. */
export function objectNamesMinus(a: Objects, b: Objects): Objects {
  return zip(a, b, namesMinus);
}

/** The objects of `a` whose names are not in `b`, with those of `data/` unchanged. */
export function withoutNames(a: Objects, b: Objects): Objects {
  return { ...objectNamesMinus(a, b), data: a.data };
}

/** Whether both consist of the identical set objects, as for unchanged directories. */
export function areSame(a: Objects, b: Objects): boolean {
  if (a.keys !== b.keys || a.index !== b.index || a.snapshots !== b.snapshots) return false;
  return a.data === b.data || a.data.shards.every((shard, i) => shard === b.data.shards[i]);
}

/** Whether both contain the same objects with the same known sizes. */
export function areEqual(a: Objects, b: Objects): boolean {
  if (areSame(a, b)) return true;
  const isSmallEqual =
    a.keys.equals(b.keys) && a.index.equals(b.index) && a.snapshots.equals(b.snapshots);
  return (
    isSmallEqual && a.data.shards.every((shard, i) => b.data.shards[i]?.equals(shard) === true)
  );
}

export function countObjects(objects: Objects): number {
  if (objects === NO_OBJECTS) return 0; // because losses are counted often
  return HASHED_KINDS.reduce((sum, kind) => sum + setOf(objects, kind).count, 0);
}

/** Returns `objects`, or the shared empty one, which need not be counted. */
export function internEmpty(objects: Objects): Objects {
  return countObjects(objects) === 0 ? NO_OBJECTS : objects;
}

export function countBytes(objects: Objects): number {
  return HASHED_KINDS.reduce((sum, kind) => sum + setOf(objects, kind).bytes, 0);
}

export function setOf(objects: Objects, kind: HashedKind): ObjectSet {
  return objects[kind];
}

/** `objects`, with one kind replaced. */
export function withKind<K extends HashedKind>(
  objects: Objects,
  kind: K,
  set: Objects[K],
): Objects {
  return { ...objects, [kind]: set };
}
