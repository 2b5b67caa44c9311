import { randomBytes } from 'node:crypto';
import { Catalogue } from '../../repository/catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { FetchOptions, Location, Receipt } from '../location.ts';
import { copyListed, listOf } from './arguments.ts';
import { failureOf } from './rclone.ts';
import type { Arrived, Target } from './target.ts';
import { unstage } from './unstage.ts';
import { TEMPORARY } from './write-object.ts';

interface Sender {
  readonly source: Location;
  /** the rclone path of its objects, ending in a slash */
  readonly from: string;
  readonly kind: HashedKind;
  readonly target: Target;
}

/**
 * Sends good objects with one rclone process. A failed object does not affect the others: what arrived is placed, and the receipt
 * says why the rest did not.
 */
export async function sendBatch(
  batch: Catalogue,
  sender: Sender,
  options: FetchOptions,
): Promise<Omit<Receipt, 'corrupt'>> {
  if (batch.count === 0) return { placed: batch, vanished: [] }; // an empty list means everything to rclone (I7)
  const { kind, target } = sender;
  const sizes = new Map(
    [...batch.entries()].map(({ id, size }) => [objectPath(kind, id), size ?? 0]),
  );
  const arrived =
    target.placing === 'direct'
      ? await copy(sizes, target.root, sender, options)
      : await copyStaged(sizes, sender, options);
  return accountFor(batch, arrived, sender, options);
}

async function copyStaged(
  sizes: ReadonlyMap<string, number>,
  sender: Sender,
  options: FetchOptions,
): Promise<Arrived> {
  const { kind, target } = sender;
  const stage = `${target.root}${TEMPORARY}/${randomBytes(6).toString('hex')}/`;
  const copied = await copy(sizes, stage, sender, options);
  if (copied.paths.size === 0) return copied;
  const wanted = new Map([...sizes].filter(([path]) => copied.paths.has(path)));
  const placed = await unstage(wanted, { stage, kind, target, signal: options.signal });
  return { paths: placed.paths, failure: copied.failure ?? placed.failure };
}

// eslint-disable-next-line max-params -- what, to where, and how
async function copy(
  sizes: ReadonlyMap<string, number>,
  to: string,
  { from, target }: Sender,
  { signal, onProgress, turns }: FetchOptions,
): Promise<Arrived> {
  const paths = new Set<string>();
  const running = target.rclone.must(copyListed(from, to, target), {
    signal,
    input: listOf(sizes.keys()),
    bandwidth: turns?.bandwidth,
    onMoved: () => onProgress({ objects: 0, bytes: 0 }), // a large object takes long
    onTransferred: (path) => {
      if (!sizes.has(path) || paths.has(path)) return;
      paths.add(path);
      onProgress({ objects: 1, bytes: sizes.get(path) ?? 0 });
    },
  });
  return { failure: await failureOf(running), paths };
}

/** rclone skips what it does not find, and exits with 0 (I7), so objects that it did not name must be gone at the source. */
// eslint-disable-next-line max-params -- what was to be sent, what was, and between whom
async function accountFor(
  batch: Catalogue,
  { paths, failure }: Arrived,
  { source, kind, target: { label } }: Sender,
  { signal }: FetchOptions,
): Promise<Omit<Receipt, 'corrupt'>> {
  const hasArrived = ({ id }: { id: string }) => paths.has(objectPath(kind, id));
  const entries = [...batch.entries()];
  const absent = entries.filter((entry) => !hasArrived(entry)).map(({ id }) => id);
  if (absent.length === 0) return { placed: batch, vanished: [] };
  const left = new Set<string>();
  const blind = await failureOf(
    source.stat(kind, absent, { signal }).then((found) => {
      for (const { id } of found) left.add(id);
    }),
  );
  if (blind !== undefined) for (const id of absent) left.add(id); // what arrived still counts
  return {
    placed: Catalogue.from(entries.filter(hasArrived).map(({ id, size }) => [id, size])),
    vanished: absent.filter((id) => !left.has(id)),
    ...(left.size > 0 && {
      failure: naming(
        [...left].map((id) => objectPath(kind, id)),
        blind ?? failure ?? unexplained(label),
      ),
    }),
  };
}

function unexplained(label: string): SyncdError {
  return new SyncdError(
    'tool',
    `rclone did not send it to ${label}, and did not say why`,
    'the next pass will send it again',
  );
}

/** The error names one of the objects, and how many more there are. */
function naming(paths: readonly string[], error: SyncdError): SyncdError {
  const isNamed = paths.some((path) => error.message.includes(path));
  const what = isNamed ? error.message : `${paths[0] ?? ''}: ${error.message}`;
  const more = paths.length > 1 ? ` (one of ${paths.length} objects that were not sent)` : '';
  return new SyncdError(error.reason, `${what}${more}`, error.hint, error);
}
