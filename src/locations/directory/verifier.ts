import { Catalogue, sameSize } from '../../repository/catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import { Mutex } from '../../runtime/mutex.ts';
import type { CallOptions, CorruptObject, Receipt } from '../location.ts';
import { wrongContent } from '../receipts.ts';
import type { FileCalls } from './io/file-calls.ts';
import { isMediumError } from './io/file-problem.ts';
import { FileCallError } from './io/file-call-error.ts';
import type { FileStat } from './io/files.ts';

/** Objects that are read in one call, and that are remembered as read. */
const CHUNK = 16;
const REMEMBERED = 50_000;

interface Found {
  readonly id: string;
  readonly stat: FileStat;
}

type Verdict = { readonly good: true } | { readonly good: false; readonly message: string };

/**
 * Hashes objects of a source in place (I5). A file is read once for all backends, while its size and times stay the same; only
 * root can set ctime back.
 */
export class Verifier {
  private readonly calls: FileCalls;
  private readonly mutex = new Mutex();
  private readonly verified = new Map<string, string>();

  constructor(calls: FileCalls) {
    this.calls = calls;
  }

  async verify(kind: HashedKind, objects: Catalogue, options: CallOptions): Promise<Receipt> {
    const placed: [string, number][] = [];
    const vanished: string[] = [];
    const corrupt: CorruptObject[] = [];
    const entries = [...objects.entries()];
    for (let i = 0; i < entries.length; i += CHUNK) {
      const part = entries.slice(i, i + CHUNK);
      // one caller at a time, so that the next finds what this one has read
      await this.mutex.run(async () => {
        const found = await this.stat(kind, part, options);
        const known = new Set(found.map(({ id }) => id));
        vanished.push(...part.filter(({ id }) => !known.has(id)).map(({ id }) => id));
        for (const { id, stat, verdict } of await this.judge(kind, found, options)) {
          if (verdict === undefined) vanished.push(id);
          else if (verdict.good) placed.push([id, stat.size]);
          else corrupt.push({ id, message: verdict.message });
        }
      });
    }
    return { placed: Catalogue.from(placed), vanished, corrupt };
  }

  /** Regular files of the right size; everything else counts as vanished. */
  private async stat(
    kind: HashedKind,
    part: readonly { id: string; size: number | undefined }[],
    { signal }: CallOptions,
  ): Promise<Found[]> {
    const paths = part.map(({ id }) => objectPath(kind, id));
    const stats = await this.calls.call('stat', { signal }, paths);
    return part.flatMap(({ id, size }, i) => {
      const stat = stats[i];
      return stat !== undefined && sameSize(size, stat.size) ? [{ id, stat }] : [];
    });
  }

  private async judge(
    kind: HashedKind,
    found: readonly Found[],
    options: CallOptions,
  ): Promise<(Found & { verdict: Verdict | undefined })[]> {
    const fresh = found.filter(({ id, stat }) => this.verified.get(id) !== fingerprint(stat));
    const hashes = await this.hash(kind, fresh, options);
    return found.map((object) => {
      const { id, stat } = object;
      const hash = hashes.get(id);
      if (hash === undefined || hash === id) {
        this.remember(id, fingerprint(stat));
        return { ...object, verdict: { good: true } };
      }
      if (hash === null) return { ...object, verdict: undefined };
      const message = isMediumError(hash) ? `it cannot be read: ${hash}` : wrongContent(hash);
      return { ...object, verdict: { good: false, message } };
    });
  }

  /**
   * The hash of each object: null if it is gone, the code of an error if it cannot be read. All are read in one call; only if one of
   * them cannot be read, each is read by itself.
   */
  private async hash(
    kind: HashedKind,
    objects: readonly Found[],
    { signal }: CallOptions,
  ): Promise<Map<string, string | null>> {
    if (objects.length === 0) return new Map();
    const paths = objects.map(({ id }) => objectPath(kind, id));
    try {
      const hashes = await this.calls.call('verify', { signal }, paths);
      return new Map(objects.map(({ id }, i) => [id, hashes[i] ?? null]));
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof FileCallError) || !isMediumError(cause.fault.code)) throw error;
      const [only] = objects;
      if (objects.length === 1 && only !== undefined) return new Map([[only.id, cause.fault.code]]);
      const all = new Map<string, string | null>();
      for (const object of objects) {
        for (const [id, hash] of await this.hash(kind, [object], { signal })) all.set(id, hash);
      }
      return all;
    }
  }

  private remember(id: string, print: string): void {
    this.verified.set(id, print);
    if (this.verified.size <= REMEMBERED) return;
    const [oldest] = this.verified.keys();
    if (oldest !== undefined) this.verified.delete(oldest);
  }
}

function fingerprint({ size, mtimeMs, ctimeMs }: FileStat): string {
  return `${size} ${mtimeMs} ${ctimeMs}`;
}
