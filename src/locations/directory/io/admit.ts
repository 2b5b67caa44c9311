import { closeSync, fchmodSync, fstatSync, fsyncSync, mkdirSync } from 'node:fs';
import { hashOf, openIfThere } from './hash-file.ts';
import { within, type OpenPlace } from './open-place.ts';
import { COUNTER } from '../../../threads/call-options.ts';
import type { AdmitArgs, Args, CopiedObject, Result } from './protocol.ts';

const ID_BYTES = 32;

/** Creates an empty directory for another program to write to; its parent must exist. */
export function stage({ root, path }: Args<'stage'>): Result<'stage'> {
  within(root, (place) => mkdirSync(place.at(path), { mode: 0o700 }));
  return null;
}

/** Removes such a directory with all that was not placed. */
export function unstage({ root, path }: Args<'unstage'>): Result<'unstage'> {
  within(root, (place) => place.removeTree(path));
  return null;
}

/** Hashes the files that another program wrote under the objects' paths below a stage, and prepares the good ones to be named. */
export function admit(args: AdmitArgs, counters: BigInt64Array): CopiedObject[] {
  const ids = Buffer.from(args.ids.buffer, args.ids.byteOffset, args.ids.byteLength);
  return within(args.root, (place) =>
    Array.from(args.sizes, (size, i) => {
      const id = ids.toString('hex', i * ID_BYTES, (i + 1) * ID_BYTES);
      const shard = args.directory === 'data' ? `/${id.slice(0, 2)}` : '';
      const path = `${args.stage}/${args.directory}${shard}/${id}`;
      const outcome = admitOne({ ...args, place, path, id, size }, counters);
      Atomics.add(counters, COUNTER.objects, 1n);
      return outcome;
    }),
  );
}

interface AdmitOne extends AdmitArgs {
  readonly place: OpenPlace;
  readonly path: string;
  readonly id: string;
  /** as in the view; NaN where it is not known */
  readonly size: number;
}

/**
 * One of another size than in the view has changed at the source: the view is taken again, as for a directory. A file with a
 * second name may belong to someone else, so it is not touched.
 */
function admitOne(
  { place, path, id, size, fileMode, syncEach }: AdmitOne,
  counters: BigInt64Array,
): CopiedObject {
  const fd = openIfThere(place, path);
  if (fd === undefined) return { outcome: 'vanished' };
  try {
    const found = fstatSync(fd);
    const isOurs = found.isFile() && found.nlink <= 1;
    if (!isOurs || (!Number.isNaN(size) && found.size !== size)) return { outcome: 'vanished' };
    const hash = hashOf(fd, found.size, counters);
    if (hash !== id) return { outcome: 'corrupt', message: `its content has the SHA-256 ${hash}` };
    fchmodSync(fd, fileMode);
    if (syncEach) fsyncSync(fd);
    return { outcome: 'copied', temporary: path, size: found.size };
  } finally {
    closeSync(fd);
  }
}
