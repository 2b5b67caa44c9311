import type { PlaceConfig } from '../../../../src/kinds/place-config.ts';
import type { Location } from '../../../../src/locations/location.ts';
import { MemoryPlace } from '../../../support/memory-location.ts';
import type { ToyConfig } from './config.ts';
import { ToyLocation } from './location.ts';

const places = new Map<string, MemoryPlace>();

/** The content of the place with this name. */
export function placeNamed(name: string): MemoryPlace {
  const place = places.get(name) ?? new MemoryPlace();
  places.set(name, place);
  return place;
}

export function open(config: PlaceConfig): Location {
  const { toy: name } = config as ToyConfig;
  return new ToyLocation(placeNamed(name), name);
}

export async function make(config: PlaceConfig): Promise<boolean> {
  const { toy: name } = config as ToyConfig;
  const isNew = !places.has(name);
  placeNamed(name);
  return isNew;
}
