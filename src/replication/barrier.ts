import type { Location } from '../locations/location.ts';
import { Catalogue, sameSize, slice, type CatalogueEntry } from '../repository/catalogue.ts';
import type { HashedKind } from '../repository/names.ts';
import { SyncdError } from '../runtime/errors.ts';

/** The number of objects to look up in one call. */
const CHUNK = 1_000;

interface BarrierOptions {
  readonly target: Location;
  /** called with the objects that are there, whatever happens to the rest */
  readonly onProven: (there: Catalogue) => void;
  readonly signal: AbortSignal;
}

/**
 * A barrier (I7): checks what was sent, whatever the exit code of the tool that sent it. Rejects with reason `verify` when an
 * object is missing or has another size, after all were checked.
 */
export async function proveSent(
  kind: HashedKind,
  sent: Catalogue,
  { target, onProven, signal }: BarrierOptions,
): Promise<void> {
  const failures: SyncdError[] = [];
  for (let start = 0; start < sent.count; start += CHUNK) {
    const chunk = [...slice(sent, start, Math.min(start + CHUNK, sent.count)).entries()];
    const ids = chunk.map(({ id }) => id);
    const found = await target.stat(kind, ids, { signal });
    const sizes = new Map(found.map((object) => [object.id, object.size]));
    const isThere = ({ id, size }: CatalogueEntry) =>
      sizes.has(id) && sameSize(size, sizes.get(id));
    onProven(Catalogue.from(chunk.filter(isThere).map(({ id, size }) => [id, size])));
    const wrong = chunk.find((entry) => !isThere(entry));
    if (wrong !== undefined)
      failures.push(unproven(kind, wrong, { target, found: sizes.get(wrong.id) }));
  }
  if (failures[0] !== undefined) throw failures[0];
}

function unproven(
  kind: HashedKind,
  { id, size }: CatalogueEntry,
  { target, found }: { target: Location; found: number | undefined },
): SyncdError {
  const what =
    found === undefined ? 'is not there' : `has ${found} bytes instead of ${size ?? '?'}`;
  return new SyncdError(
    'verify',
    `${kind}/${id} was sent to ${target.label} but ${what}`,
    'it will be sent again; if this keeps happening, something else deletes or changes files there',
  );
}
