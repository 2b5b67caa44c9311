import type { BackendTraits, Kind, PlaceTraits, Watch } from './kind.ts';
import type { PlaceConfig } from './place-config.ts';
import { KINDS } from './registry.ts';

/** The facts about a place that can be inspected. */
export function placeTraits(config: PlaceConfig): PlaceTraits {
  return need(kindOf(config).place, config).traits(config);
}

/** The facts about a backend. */
export function backendTraits(config: PlaceConfig): BackendTraits {
  return need(kindOf(config).backend, config).traits(config);
}

/** Whether the objects of a backend are at a remote. */
export function isAtRemote(backend: PlaceConfig): boolean {
  const { seenAt } = backendTraits(backend);
  return seenAt !== undefined && placeTraits(seenAt.config).isRemote;
}

/** Whether the file system reports changes at a source. */
export function watchOf(config: PlaceConfig): Watch {
  return need(kindOf(config).source, config).watch(config);
}

/** The name of a backend's place for people: where its objects are, or else the program that knows. */
export function labelOf(config: PlaceConfig): string {
  const { seenAt, programs } = backendTraits(config);
  return seenAt === undefined
    ? (Object.values(programs)[0]?.[0] ?? '')
    : placeTraits(seenAt.config).label;
}

function kindOf({ kind }: PlaceConfig): Kind {
  const found = KINDS.find(({ name }) => name === kind);
  if (found === undefined) throw new Error(`no such kind of place: ${kind}`);
  return found;
}

function need<T>(role: T | undefined, { kind }: PlaceConfig): T {
  if (role === undefined) throw new Error(`a ${kind} cannot be that`);
  return role;
}
