import type { ClientFacts } from '../report/facts.ts';
import { arrivalsOf } from '../repository/pack-arrivals.ts';
import { Catalogue } from '../repository/catalogue.ts';
import type { ClientState } from './state-schema.ts';

type Stored = ClientState['source']['arrivals'];

/** Arrivals of packs as they are stored: only of those that are known to be corrupt, as nothing else is asked. Pure. */
export function encodeArrivals({ source, backends }: ClientFacts): Stored {
  const corrupt = [...backends.values()].flatMap((backend) => backend.corrupt);
  const packs = new Set(corrupt.flatMap((name) => /^data\/(.*)$/.exec(name)?.[1] ?? []));
  const known = arrivalsOf(packs, source.arrivals ?? []);
  if (known.length === 0) return undefined;
  return known.map((arrival) => ({
    packs: idsOf(arrival.packs),
    snapshots: idsOf(arrival.snapshots),
    index: idsOf(arrival.index),
  }));
}

/** Arrivals as they were when they were stored. Pure. */
export function decodeArrivals(stored: Stored): ClientFacts['source']['arrivals'] {
  return stored?.map(({ packs, snapshots, index }) => ({
    packs: unsized(packs),
    snapshots: unsized(snapshots),
    index: unsized(index),
  }));
}

function idsOf(catalogue: Catalogue): string[] {
  return [...catalogue.entries()].map(({ id }) => id);
}

function unsized(ids: readonly string[]): Catalogue {
  return Catalogue.from(ids.map((id) => [id, undefined]));
}
