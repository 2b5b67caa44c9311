import type { Location } from '../../locations/location.ts';
import type { Pass } from '../../replication/pass.ts';
import type { CorruptSourceObject } from '../../replication/sync.ts';
import { throwIfAborted } from '../../runtime/abort.ts';
import { isWithin } from '../../runtime/clock.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { Wakeup } from '../../runtime/wakeup.ts';

/** A file modified within this time may still be incomplete, in milliseconds. */
const FRESH_MS = 10 * 60_000;
/** The pause between two reads, in milliseconds: a running copy has changed the file by then. */
const PAUSE_MS = 2_000;
/** After this many reads with different results, the pass fails and is retried later. */
const MOST_READS = 3;

/**
 * A file that is written in place (rsync --inplace, sftp, SMB) does not match its name until it is complete. So a recently
 * modified object is corrupt only if a second read finds the same wrong content.
 */
export class CorruptDoubts {
  private readonly source: Location;
  private readonly pass: Pass;
  private found: string | undefined;
  private rereads = 0;

  constructor(source: Location, pass: Pass) {
    this.source = source;
    this.pass = pass;
  }

  /**
   * Waits, and returns whether to read again. Rejects with `source_busy` if the objects change with each read.
   */
  async areWorthRereading(corrupt: readonly CorruptSourceObject[]): Promise<boolean> {
    if (corrupt.length === 0) return false;
    const before = this.found;
    this.found = describe(corrupt);
    if (this.found === before || !(await this.isFresh(corrupt))) return false;
    if (++this.rereads > MOST_READS) throw beingWritten(corrupt);
    const { signal } = this.pass;
    await new Wakeup().waitUpTo(PAUSE_MS, signal);
    throwIfAborted(signal);
    return true;
  }

  private async isFresh(corrupt: readonly CorruptSourceObject[]): Promise<boolean> {
    const { source, pass } = this;
    const stats = await Promise.all(corrupt.map(({ kind, id }) => source.stat(kind, [id], pass)));
    return stats
      .flat()
      .some(({ mtimeMs, ctimeMs = mtimeMs }) =>
        isWithin(FRESH_MS, Math.max(mtimeMs, ctimeMs), pass.now()),
      );
  }
}

function describe(corrupt: readonly CorruptSourceObject[]): string {
  return corrupt
    .map(({ kind, id, message }) => `${kind}/${id} ${message}`)
    .sort()
    .join('\n');
}

function beingWritten([first]: readonly CorruptSourceObject[]): SyncdError {
  const name = first === undefined ? '' : `${first.kind}/${first.id}`;
  return new SyncdError(
    'source_busy',
    `${name} of the source changes each time it is read`,
    'something seems to be copying it into the source in place; it will be retried',
  );
}
