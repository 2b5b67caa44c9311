import type { BegunStat, Location, ObjectStat } from '../locations/location.ts';
import { Catalogue, sameSize, type CatalogueEntry } from '../repository/catalogue.ts';
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

/** A barrier (I7): checks what was sent, whatever the exit code of the tool that sent it. Always call `end`. */
export class Barrier {
  private readonly kind: HashedKind;
  private readonly options: BarrierOptions;
  private begun: BegunStat | undefined;

  constructor(kind: HashedKind, options: BarrierOptions) {
    this.kind = kind;
    this.options = options;
  }

  /** The last objects are being sent, so the check may start. */
  begin(): void {
    this.begun ??= this.options.target.beginStat(this.options);
  }

  end(): void {
    this.begun?.end();
  }

  /** Rejects with reason `verify` when an object is missing or has another size, after all were checked. */
  async prove(sent: Catalogue): Promise<void> {
    const { kind } = this;
    const { target, onProven } = this.options;
    const failures: SyncdError[] = [];
    for (const chunk of chunksOf(sent.entries(), CHUNK)) {
      const found = await this.stat(chunk.map(({ id }) => id));
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

  private async stat(ids: readonly string[]): Promise<ObjectStat[]> {
    const { kind, begun } = this;
    this.begun = undefined;
    return begun?.stat(kind, ids) ?? this.options.target.stat(kind, ids, this.options);
  }
}

function unproven(
  kind: HashedKind,
  { id, size }: CatalogueEntry,
  { target, found }: { target: Location; found: number | undefined },
): SyncdError {
  const what =
    found === undefined ? 'is not there' : `has ${found} bytes instead of ${size ?? '?'}`;
  return new SyncdError('verify', `${kind}/${id} was sent to ${target.label} but ${what}`, {
    hint: 'it will be sent again; if this keeps happening, something else deletes or changes files there',
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
