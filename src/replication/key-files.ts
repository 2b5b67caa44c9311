import type { Location, ObjectStat } from '../locations/location.ts';
import { Catalogue, namesOf } from '../repository/catalogue.ts';
import { keyFileProblem, LONGEST_KEY_FILE, MOST_KEYS } from '../repository/key-file.ts';
import { objectPath } from '../repository/names.ts';
import { SyncdError } from '../runtime/errors.ts';

/** How many key files are read for one view, so that a flood of them does not delay it for long. The others are read later. */
const READS = 64;

/** Which key files of a source can be sent, and why the others cannot. */
export interface ExaminedKeys {
  readonly keys: Catalogue;
  /** `keys/ID …`, with what is wrong with it */
  readonly malformed: readonly string[];
  /** valid or not read yet, beyond the number that restic would try */
  readonly waiting: number;
}

/**
 * Reads each key file of a source once, before it is sent, because a malformed one locks restic out of every replica (I5).
 * Remembers the keys that it has accepted; they keep counting when others are added.
 */
export class KeyFiles {
  private accepted: ReadonlySet<string>;
  private readonly malformed = new Map<string, string>();

  /** @param accepted ids of keys that an earlier process accepted */
  constructor(accepted: Iterable<string> = []) {
    this.accepted = new Set(accepted);
  }

  /** Rejects with the error of the location if it does not respond. */
  async examine(
    source: Location,
    listed: Catalogue,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ExaminedKeys> {
    const entries = [...listed.entries()];
    const known = entries.filter(({ id }) => this.accepted.has(id));
    const unread = entries
      .map(({ id }) => id)
      .filter((id) => !this.accepted.has(id) && !this.malformed.has(id));
    const fresh = await this.readNew(source, unread, { signal, room: MOST_KEYS - known.length });
    const keys = Catalogue.from(
      entries
        .filter(({ id }) => this.accepted.has(id) || fresh.good.has(id))
        .map(({ id, size }) => [id, size]),
    );
    for (const id of this.malformed.keys()) if (!listed.has(id)) this.malformed.delete(id);
    this.accepted = new Set(namesOf(keys));
    const problems = new Map([...this.malformed, ...fresh.unsettled]);
    const { gone } = fresh;
    return {
      keys,
      malformed: [...problems].map(([id, problem]) => `${objectPath('keys', id)} ${problem}`),
      waiting: listed.count - keys.count - problems.size - gone,
    };
  }

  /** Oldest first, while there is room. */
  private async readNew(
    source: Location,
    ids: readonly string[],
    { signal, room }: { readonly signal: AbortSignal; readonly room: number },
  ): Promise<NewKeys> {
    const found: NewKeys = { good: new Set(), unsettled: new Map(), gone: 0 };
    if (ids.length === 0 || room <= 0) return found;
    const stats = await source.stat('keys', ids, { signal });
    found.gone = ids.length - stats.length;
    for (const stat of stats.sort(byAge).slice(0, READS)) {
      if (found.good.size >= room) break;
      await this.readOne(source, stat, { signal, found });
    }
    return found;
  }

  private async readOne(
    source: Location,
    { id, size }: ObjectStat,
    { signal, found }: { readonly signal: AbortSignal; readonly found: NewKeys },
  ): Promise<void> {
    if (size > LONGEST_KEY_FILE) {
      found.unsettled.set(id, `has ${size} bytes, more than ${LONGEST_KEY_FILE}`);
      return;
    }
    let content: Buffer | undefined;
    try {
      content = await source.read(`keys/${id}`, { signal });
    } catch (error) {
      if (!(error instanceof SyncdError) || error.reason === 'timeout') throw error;
      found.unsettled.set(id, `cannot be read: ${error.message}`);
      return;
    }
    const problem = content && keyFileProblem(id, content);
    if (content === undefined) found.gone += 1;
    else if (problem === undefined) found.good.add(id);
    // a file that matches its name never changes; any other may still be incomplete
    else if (problem.startsWith('does not match')) found.unsettled.set(id, problem);
    else this.malformed.set(id, problem);
  }
}

interface NewKeys {
  readonly good: Set<string>;
  /** read again for the next view */
  readonly unsettled: Map<string, string>;
  gone: number;
}

function byAge(a: ObjectStat, b: ObjectStat): number {
  return a.mtimeMs - b.mtimeMs || (a.id < b.id ? -1 : 1);
}
