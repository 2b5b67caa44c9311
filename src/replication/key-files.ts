import type { Location, ObjectStat } from '../locations/location.ts';
import { Catalogue } from '../repository/catalogue.ts';
import { keyFileProblem, LONGEST_KEY_FILE, MOST_KEYS } from '../repository/key-file.ts';
import { objectPath } from '../repository/names.ts';
import { SyncdError } from '../runtime/errors.ts';

/** Key files that are read for one view, so that a flood of them does not delay it for long; the others are read later. */
const READS = 64;

/** Which key files of a source can be sent, and why not the others. */
export interface ExaminedKeys {
  readonly keys: Catalogue;
  /** `keys/ID …`, with what is wrong with it */
  readonly malformed: readonly string[];
  /** well-formed or not read yet, beyond what restic would try */
  readonly waiting: number;
}

/**
 * Reads each key file of a source once, before it is sent: a malformed one keeps restic out of every replica that it gets to
 * (I5). It remembers the keys that it has let through: those go on to count when others are added.
 */
export class KeyFiles {
  private accepted: ReadonlySet<string>;
  private readonly malformed = new Map<string, string>();

  /** @param accepted ids of keys that an earlier process has let through */
  constructor(accepted: Iterable<string> = []) {
    this.accepted = new Set(accepted);
  }

  /** Rejects with what the location says, if it does not answer. */
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
    this.accepted = new Set([...keys.entries()].map(({ id }) => id));
    const problems = new Map([...this.malformed, ...fresh.unsettled]);
    const { gone } = fresh;
    return {
      keys,
      malformed: [...problems].map(([id, problem]) => `${objectPath('keys', id)} ${problem}`),
      waiting: listed.count - keys.count - problems.size - gone,
    };
  }

  /** Oldest first, as long as there is room for more. */
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
    // what matches its name never changes; anything else may still be on its way
    else if (problem.startsWith('does not match')) found.unsettled.set(id, problem);
    else this.malformed.set(id, problem);
  }
}

interface NewKeys {
  readonly good: Set<string>;
  /** to be read again for the next view */
  readonly unsettled: Map<string, string>;
  gone: number;
}

function byAge(a: ObjectStat, b: ObjectStat): number {
  return a.mtimeMs - b.mtimeMs || (a.id < b.id ? -1 : 1);
}
