import { Catalogue, common, minus, plus } from '../repository/catalogue.ts';
import { MOST_KEYS_RESTIC_TRIES } from '../repository/key-file.ts';
import { objectsMinus, type Objects } from '../repository/objects.ts';

/**
 * The objects of a view that a backend should have but lacks, or has with another size. New keys wait if the backend already has
 * so many that restic would no longer try all of them. Pure.
 */
export function lackingObjects(view: Objects, present: Objects): Objects {
  const lacking = objectsMinus(view, present);
  return lacking.keys.count === 0
    ? lacking
    : { ...lacking, keys: keysToSend(lacking.keys, present.keys) };
}

function keysToSend(lacking: Catalogue, present: Catalogue): Catalogue {
  const damaged = common(lacking, present);
  const fresh = minus(lacking, damaged);
  const room = Math.max(0, MOST_KEYS_RESTIC_TRIES - present.count);
  if (fresh.count <= room) return lacking;
  const first = [...fresh.entries()].slice(0, room);
  return plus(damaged, Catalogue.from(first.map(({ id, size }) => [id, size])));
}
