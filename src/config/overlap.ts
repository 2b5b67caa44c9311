import { backendTraits, placeTraits } from '../kinds/traits.ts';
import type { BackendConfig, ClientConfig } from './types.ts';
import type { KeyPath } from './yaml-file.ts';

/** A place of a client, a directory or a remote, and the key that names it. */
export interface ConfiguredPlace {
  readonly client: ClientConfig;
  readonly key: KeyPath;
  /** as an operator would call it: `source`, `backend "nas"` */
  readonly role: string;
  /** or `remote:path`; the same remote name counts as the same remote, whatever file defines it */
  readonly directory: string;
  /** not the name of a remote */
  readonly isDirectory: boolean;
  readonly isOnlyRead: boolean;
}

/** `inner` is at, or inside, `outer`. */
export interface Overlap {
  readonly inner: ConfiguredPlace;
  readonly outer: ConfiguredPlace;
}

export function listPlaces(client: ClientConfig): ConfiguredPlace[] {
  const { source, backends } = client;
  const { label, isDirectory } = placeTraits(source);
  return [
    {
      client,
      key: ['source', source.kind],
      role: 'source',
      directory: label,
      isDirectory,
      isOnlyRead: true,
    },
    ...backends.flatMap((backend, index) => placesOf(client, backend, ['backends', index])),
  ];
}

/** It is not known where a script without `verify` writes. */
function placesOf(client: ClientConfig, backend: BackendConfig, key: KeyPath): ConfiguredPlace[] {
  const { seenAt } = backendTraits(backend);
  if (seenAt === undefined) return [];
  const { label, isDirectory } = placeTraits(seenAt.config);
  return [
    {
      client,
      key: [...key, ...seenAt.key],
      role: `backend "${backend.name}"`,
      directory: label,
      isDirectory,
      isOnlyRead: seenAt.isOnlyRead,
    },
  ];
}

/** Each place with the nearest other that it equals or is inside. O(n log n). */
export function findOverlaps(places: readonly ConfiguredPlace[]): Overlap[] {
  const sorted = places
    .map((place) => ({ place, prefix: withSlash(place.directory) }))
    .sort((a, b) => (a.prefix < b.prefix ? -1 : Number(a.prefix > b.prefix)));
  const open: typeof sorted = [];
  const overlaps: Overlap[] = [];
  for (const entry of sorted) {
    while (open.length > 0 && !entry.prefix.startsWith(open.at(-1)?.prefix ?? '')) open.pop();
    const outer = open.at(-1)?.place;
    if (outer !== undefined) overlaps.push({ inner: entry.place, outer });
    open.push(entry);
  }
  return overlaps;
}

/** Is the path the directory, or below it? Both normalised. */
export function isWithin(path: string, directory: string): boolean {
  return withSlash(path).startsWith(withSlash(directory));
}

/** The message about an overlap, from the view of `place`; both ends get one. */
export function describeOverlap(place: ConfiguredPlace, other: ConfiguredPlace): string {
  const owner = place.client === other.client ? 'this client' : `client ${other.client.name}`;
  const role = `the ${other.role} of ${owner}`;
  const advice = 'choose a separate directory';
  if (place.directory === other.directory) return `"${place.directory}" is also ${role}; ${advice}`;
  const relation = isWithin(place.directory, other.directory) ? 'is inside' : 'contains';
  return `"${place.directory}" ${relation} ${role} ("${other.directory}"); ${advice}`;
}

function withSlash(path: string): string {
  return /[:/]$/.test(path) ? path : `${path}/`;
}
