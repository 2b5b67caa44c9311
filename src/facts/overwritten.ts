import { HASHED_KINDS } from '../repository/names.ts';
import { setOf } from '../repository/objects.ts';
import { disksOf } from './disks.ts';
import type { ClientFacts } from './facts.ts';

/**
 * The objects (kind/id) of the source that did not match their names when they were read to be sent, although a backend or a disk
 * that is away has them: they were right before. Pure.
 */
export function overwrittenObjects(facts: ClientFacts): string[] {
  const corrupt = corruptAtSource(facts);
  if (corrupt.length === 0) return [];
  const held = [...facts.backends.values()]
    .flatMap(disksOf)
    .flatMap(({ contents }) => contents.held?.objects ?? []);
  return corrupt.filter((name) => {
    const [kind, id = ''] = name.split('/');
    const hashed = HASHED_KINDS.find((candidate) => candidate === kind);
    return hashed !== undefined && held.some((objects) => setOf(objects, hashed).has(id));
  });
}

/** The objects (kind/id) of the source that did not match their names when they were to be sent to one of the backends. Pure. */
export function corruptAtSource({ backends }: Pick<ClientFacts, 'backends'>): string[] {
  return [...new Set([...backends.values()].flatMap(({ attempts }) => attempts.corrupt))];
}
