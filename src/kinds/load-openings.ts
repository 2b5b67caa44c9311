import type { PlaceConfig } from './place-config.ts';
import type { BackendOpening, PlaceOpening } from './opening.ts';
import { KINDS } from './registry.ts';

/** Opens places and backends of every kind. */
export interface Openings {
  readonly place: (config: PlaceConfig) => PlaceOpening;
  readonly backend: (config: PlaceConfig) => BackendOpening;
}

export async function loadOpenings(): Promise<Openings> {
  const places = new Map<string, PlaceOpening>();
  const backends = new Map<string, BackendOpening>();
  for (const { name, place, backend } of KINDS) {
    if (place !== undefined) places.set(name, await place.load());
    if (backend !== undefined) backends.set(name, await backend.load());
  }
  return {
    place: ({ kind }) => need(places.get(kind)),
    backend: ({ kind }) => need(backends.get(kind)),
  };
}

function need<T>(opening: T | undefined): T {
  if (opening === undefined) throw new Error('no such kind of place');
  return opening;
}
