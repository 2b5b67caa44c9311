import type { Location } from '../locations/location.ts';
import { sameSize, type Catalogue, type CatalogueEntry } from '../repository/catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import { SyncdError } from '../runtime/errors.ts';

/** Objects that are asked for in one call. */
const CHUNK = 1_000;

/**
 * A barrier (I7): what was sent is looked at, whatever the exit status of what sent it.
 * Rejects with reason `verify` when an object is not there or has another size.
 */
export async function proveThere(
  kind: HashedKind,
  sent: Catalogue,
  { target, signal }: { readonly target: Location; readonly signal: AbortSignal },
): Promise<void> {
  for (const chunk of chunksOf(sent.entries(), CHUNK)) {
    const found = await target.stat(
      kind,
      chunk.map(({ id }) => id),
      { signal },
    );
    const sizes = new Map(found.map((object) => [object.id, object.size]));
    const wrong = chunk.filter(({ id, size }) => !sizes.has(id) || !sameSize(size, sizes.get(id)));
    const [first] = wrong;
    if (first !== undefined) throw unproven(kind, first, { target, found: sizes.get(first.id) });
  }
}

function unproven(
  kind: HashedKind,
  { id, size }: CatalogueEntry,
  { target, found }: { target: Location; found: number | undefined },
): SyncdError {
  const what =
    found === undefined ? 'is not there' : `has ${found} bytes instead of ${size ?? '?'}`;
  return new SyncdError('verify', `${kind}/${id} was sent to ${target.label} and ${what}`, {
    hint: 'it is sent again; if this lasts, something else deletes or changes files there',
  });
}

function* chunksOf<T>(items: Iterable<T>, size: number): IterableIterator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
