import { randomBytes } from 'node:crypto';
import { Catalogue, slice } from '../../repository/catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { cut } from '../cut.ts';
import type { CallOptions, Location, Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { isOutdated, joinReceipts } from '../receipts.ts';
import { batchLimits, UNSHARED, type Turns } from '../turns.ts';
import { copyListed, list, listOf, moveListed } from './arguments.ts';
import type { Placing } from './features.ts';
import { readEntry } from './listing.ts';
import type { Rclone } from './rclone.ts';

/** What one rclone is given: enough to be worth its start, little enough that reading ahead stays in the page cache. */
const BATCH = { files: 2_000, bytes: 1024 * 1024 * 1024 };

interface Target {
  readonly rclone: Rclone;
  /** ends in a slash */
  readonly root: string;
  readonly label: string;
  readonly placing: Placing;
}

/**
 * Sends objects by rclone: each batch is hashed where it lies while the one before it is on its way; only the good ones
 * are handed over (I5). Where half a file could be seen, they get their names when all of them are whole (I3).
 */
export async function receiveByRclone(
  { source, kind, objects }: Transfer,
  target: Target,
  options: ReceiveOptions,
): Promise<Receipt> {
  const { root: from } = source;
  if (from === undefined || source.verify === undefined)
    throw new Error('rclone receives from directories only');
  const { turns = UNSHARED } = options;
  const receipts: Receipt[] = [];
  const batches = batchesOf(objects, turns);
  let batch = batches.next().value;
  let next = verifyAhead(source, kind, batch, options);
  while (batch !== undefined) {
    const checked = await next();
    batch = batches.next().value;
    next = verifyAhead(source, kind, batch, options);
    const sender = { source, from, kind, target };
    const { placed, vanished } = await turns.take(checked.placed.bytes, () =>
      sendBatch(checked.placed, sender, options),
    );
    const receipt = { ...checked, placed, vanished: [...checked.vanished, ...vanished] };
    receipts.push(receipt);
    if (isOutdated(kind, receipt)) break;
  }
  await next().catch(() => undefined); // nothing is left running behind the caller's back
  return joinReceipts(receipts);
}

function* batchesOf(objects: Catalogue, turns: Turns): Generator<Catalogue, undefined> {
  for (const { start, end } of cut(objects, batchLimits(BATCH, turns)))
    yield slice(objects, start, end);
}

/** Begins at once; its error is thrown when its turn comes. */
// eslint-disable-next-line max-params -- what to verify, and how
function verifyAhead(
  source: Location,
  kind: HashedKind,
  batch: Catalogue | undefined,
  { signal }: CallOptions,
): () => Promise<Receipt> {
  const objects = batch ?? Catalogue.from([]);
  const work = source.verify?.(kind, objects, { signal });
  work?.catch(() => undefined);
  return async () => (await work) ?? { placed: objects, vanished: [], corrupt: [] };
}

interface Sender {
  readonly source: Location;
  readonly from: string;
  readonly kind: HashedKind;
  readonly target: Target;
}

type Sent = Pick<Receipt, 'placed' | 'vanished'>;

async function sendBatch(
  batch: Catalogue,
  { source, from, kind, target }: Sender,
  options: ReceiveOptions,
): Promise<Sent> {
  if (batch.count === 0) return { placed: batch, vanished: [] }; // an empty list means everything to rclone (I7)
  const { rclone, root, placing } = target;
  const { signal, onProgress, turns } = options;
  const sizes = new Map(
    [...batch.entries()].map(({ id, size }) => [objectPath(kind, id), size ?? 0]),
  );
  const arrived = new Set<string>();
  const stage = `${root}.backup-syncd/tmp/${randomBytes(6).toString('hex')}/`;
  await rclone.must(copyListed(`${from}/`, placing === 'direct' ? root : stage), {
    signal,
    bandwidth: turns?.bandwidth,
    input: listOf(sizes.keys()),
    onMoved: () => onProgress({ objects: 0, bytes: 0 }), // a large object is long on its way
    onTransferred: (path) => {
      if (!sizes.has(path) || arrived.has(path)) return;
      arrived.add(path);
      onProgress({ objects: 1, bytes: sizes.get(path) ?? 0 });
    },
  });
  const sent = await accountFor(batch, arrived, { source, kind, signal, label: target.label });
  if (placing === 'staged') await unstage(stage, { kind, target, placed: sent.placed, signal });
  return sent;
}

/** rclone leaves out what it does not find, and exits with 0 (I7): whatever it did not name must be gone at the source. */
async function accountFor(
  batch: Catalogue,
  arrived: ReadonlySet<string>,
  {
    source,
    kind,
    signal,
    label,
  }: CallOptions & Omit<Sender, 'from' | 'target'> & { label: string },
): Promise<Sent> {
  const absent = [...batch.entries()]
    .map(({ id }) => id)
    .filter((id) => !arrived.has(objectPath(kind, id)));
  if (absent.length === 0) return { placed: batch, vanished: [] };
  const there = await source.stat(kind, absent, { signal });
  const [first] = there;
  if (first !== undefined) {
    throw new SyncdError(
      'tool',
      `rclone did not send ${kind}/${first.id} to ${label}, and did not say why`,
      {
        hint: 'it is sent again by the next pass',
      },
    );
  }
  const gone = new Set(absent);
  const placed = [...batch.entries()].filter(({ id }) => !gone.has(id));
  return { placed: Catalogue.from(placed.map(({ id, size }) => [id, size])), vanished: absent };
}

interface Unstage extends CallOptions {
  readonly kind: HashedKind;
  readonly target: Target;
  readonly placed: Catalogue;
}

/** Looks at all that was staged, then gives it its names. */
async function unstage(stage: string, { kind, target, placed, signal }: Unstage): Promise<void> {
  if (placed.count === 0) return;
  const { rclone, root, label } = target;
  const [from, to] = [`${stage}${kind}/`, `${root}${kind}/`]; // rclone 1.60 refuses to move to a parent directory
  const found = new Map<string, number>();
  await rclone.must(list(from, { recursive: true }), {
    signal,
    onLine: (line) => {
      const entry = readEntry(line);
      if (entry !== undefined) found.set(entry.path, entry.size);
    },
  });
  const paths = [...placed.entries()].map(({ id, size }) => ({
    path: objectPath(kind, id).slice(kind.length + 1),
    size,
  }));
  const wrong = paths.find(({ path, size }) => found.get(path) !== size);
  if (wrong !== undefined) {
    throw new SyncdError(
      'verify',
      `${kind}/${wrong.path} arrived at ${label} cut short, and gets no name`,
      {
        hint: 'it is sent again; if this lasts, something at the remote cuts files short',
      },
    );
  }
  const input = listOf(paths.map(({ path }) => path));
  const outcome = await rclone.run(moveListed(from, to, { checks: false }), { signal, input });
  if (outcome.isOk) return;
  await rclone.must(moveListed(from, to, { checks: true }), { signal, input });
}
