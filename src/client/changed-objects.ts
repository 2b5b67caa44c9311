import type { Location, Receipt } from '../locations/location.ts';
import { describeChange, smallestOf } from '../replication/describe-change.ts';
import {
  changedSizes,
  confirmSizes,
  recallSizes,
  recordSizes,
  type SeenSizes,
} from '../replication/seen-sizes.ts';
import { limitTo } from '../replication/sync.ts';
import { EMPTY_CATALOGUE, namesToSet, type Catalogue } from '../repository/catalogue.ts';
import { type HashedKind, type ObjectName } from '../repository/names.ts';
import {
  areEqual,
  countObjects,
  NO_OBJECTS,
  objectsCommon,
  objectsMinus,
  objectsPlus,
  type Objects,
} from '../repository/objects.ts';
import { isAbort } from '../runtime/abort.ts';
import { isWithin, type Clock } from '../runtime/clock.ts';
import { asSyncdError, type Reason } from '../runtime/errors.ts';

/** How many of the objects with another size are read at a time. One wrong one is enough, and reading can be a download. */
const MOST_READ = 4;
/** A file that was modified within this time may still be incomplete, in milliseconds. */
const FRESH_MS = 10 * 60_000;
/** Files of another size that could not be read for this time, in milliseconds, although the source could, count as overwritten. */
const UNREADABLE_MS = 10 * 60_000;
/** After this time, in milliseconds, a file with wrong content is read a second time, which decides. */
const SECOND_READ_MS = 30_000;

interface ChangedObjectsOptions {
  readonly source: Location;
  readonly clock: Clock;
  /** called with what was found */
  readonly onChanged: (message: string) => void;
}

/**
 * The verdict on objects whose size has changed, after reading their content. `right`: they match their names, so they were
 * incomplete before; `wrong`: they were overwritten; `unsure`: they could not be read, were too many to be read at once, or may
 * still be being written.
 */
type Verdict = 'right' | 'wrong' | 'unsure';

/**
 * Finds objects of the source that were overwritten: two checks have found them with one size, and now they have another size, and
 * content that does not match their names.
 */
export class ChangedObjects {
  private readonly options: ChangedObjectsOptions;
  private sizes: SeenSizes | undefined;
  /** what has another size, as last judged, and without what turned out to be right */
  private judged: { readonly candidates: Objects; readonly verdict: Verdict } = NOTHING;
  private judgedAt = -Infinity;
  /** since when nothing could be found out about them, on a clock that never jumps */
  private stuckSince: number | undefined;
  private hasLooked = false;

  constructor(options: ChangedObjectsOptions) {
    this.options = options;
  }

  /** All objects, those that have another size with the one before; undefined before the first check. */
  get last(): Objects | undefined {
    return this.sizes?.last;
  }

  /** The objects that were overwritten, with the sizes that they had. */
  get overwritten(): Objects {
    const { candidates, verdict } = this.judged;
    return verdict === 'wrong' ? objectsCommon(this.last ?? NO_OBJECTS, candidates) : NO_OBJECTS;
  }

  /** Takes over what an earlier process saved. */
  recall(saved: Objects): void {
    this.sizes ??= recallSizes(saved);
  }

  /**
   * Records a check.
   *
   * @param isRead the sizes were read now
   */
  async note(listed: Objects, isRead: boolean, signal: AbortSignal): Promise<void> {
    const candidates = changedSizes(this.sizes, listed);
    if (countObjects(candidates) === 0) this.judged = NOTHING;
    else if (!areEqual(candidates, this.judged.candidates)) await this.judge(candidates, signal);
    const look = { listed, isRead: isRead || !this.hasLooked };
    this.hasLooked = true;
    const { once } = recordSizes(this.sizes, look);
    this.sizes = { once, last: this.withOldSizes(listed) };
  }

  /** Records that a check beside the loop's has found these sizes. */
  confirm(listed: Objects): void {
    this.sizes = this.sizes && confirmSizes(this.sizes, listed);
  }

  /** Reads again what the check before was not sure of. Returns whether that was decided. */
  async checkAgain(signal: AbortSignal): Promise<boolean> {
    const { candidates, verdict } = this.judged;
    const isTooEarly = isWithin(SECOND_READ_MS, this.judgedAt, this.options.clock.now());
    if (verdict !== 'unsure' || isTooEarly) return false;
    await this.judge(candidates, signal);
    return this.judged.verdict !== 'unsure';
  }

  /** Forgets the overwritten objects, because a person has accepted the source as it is. */
  accept(): void {
    this.settle(this.judged.candidates);
    this.judged = NOTHING;
  }

  /** Records that these objects were incomplete before: the sizes that they have now are right. */
  private settle(right: Objects): void {
    const { sizes } = this;
    this.sizes = sizes && { ...sizes, last: objectsPlus(sizes.last, right) };
  }

  private withOldSizes(listed: Objects): Objects {
    const { candidates, verdict } = this.judged;
    if (verdict === 'right' || this.sizes === undefined) return listed;
    return objectsPlus(listed, objectsCommon(this.sizes.last, candidates));
  }

  private async judge(candidates: Objects, signal: AbortSignal): Promise<void> {
    const { options, judged: before } = this;
    this.judgedAt = options.clock.now();
    let left = candidates;
    let isReadable = false;
    const wrong: ObjectName[] = [];
    for (const [kind, some] of smallestOf(candidates, MOST_READ)) {
      const receipt = await this.read(kind, some, signal);
      if (receipt === undefined) continue;
      isReadable = true;
      const gone = await this.goneOf(kind, receipt.vanished, signal);
      for (const done of [receipt.placed, gone]) left = objectsMinus(left, limitTo(kind, done));
      wrong.push(...receipt.corrupt.map(({ id }) => ({ kind, id })));
    }
    this.settle(objectsMinus(candidates, left));
    const isStuck = isReadable && wrong.length === 0 && areEqual(left, candidates);
    const isUnreadable = this.isStuckForLong(isStuck);
    const isSure = before.verdict === 'unsure' || !(await this.areFresh(wrong, signal));
    if (isUnreadable) this.alarm(namesOf(left), { left, isRead: false });
    else if (wrong.length > 0 && isSure) this.alarm(wrong, { left, isRead: true });
    else if (countObjects(left) === 0) this.judged = NOTHING;
    else this.judged = { candidates: left, verdict: 'unsure' };
  }

  private isStuckForLong(isStuck: boolean): boolean {
    const now = this.options.clock.elapsedMs();
    this.stuckSince = isStuck ? (this.stuckSince ?? now) : undefined;
    return now - (this.stuckSince ?? now) >= UNREADABLE_MS;
  }

  private alarm(
    names: readonly ObjectName[],
    { left, isRead }: { readonly left: Objects; readonly isRead: boolean },
  ): void {
    const before = this.sizes?.last ?? NO_OBJECTS;
    this.judged = { candidates: left, verdict: 'wrong' };
    this.options.onChanged(describeChange(names, { before, now: left, isRead }));
  }

  /**
   * Reads and judges objects; undefined if the source does not answer, which is for the sync to report. Where it refuses to let a
   * file be read, as after an attacker has replaced it, that is reported in the same way as a file that changes.
   */
  private async read(
    kind: HashedKind,
    some: readonly string[],
    signal: AbortSignal,
  ): Promise<Receipt | undefined> {
    try {
      return await this.options.source.verify(kind, namesToSet(some), { signal });
    } catch (error) {
      if (isAbort(error)) throw error;
      const isRefused = REFUSALS.has(asSyncdError(error).reason);
      return isRefused ? { placed: EMPTY_CATALOGUE, vanished: some, corrupt: [] } : undefined;
    }
  }

  /** The objects that are gone. A file that changed while it was read is reported in the same way. */
  private async goneOf(
    kind: HashedKind,
    vanished: readonly string[],
    signal: AbortSignal,
  ): Promise<Catalogue> {
    if (vanished.length === 0) return EMPTY_CATALOGUE;
    const stats = await this.options.source.stat(kind, vanished, { signal });
    const there = new Set(stats.map(({ id }) => id));
    return namesToSet(vanished.filter((id) => !there.has(id)));
  }

  private async areFresh(names: readonly ObjectName[], signal: AbortSignal): Promise<boolean> {
    const { source, clock } = this.options;
    const stats = await Promise.all(
      names.map(({ kind, id }) => source.stat(kind, [id], { signal })),
    );
    return stats
      .flat()
      .every(({ mtimeMs, ctimeMs = mtimeMs }) =>
        isWithin(FRESH_MS, Math.max(mtimeMs, ctimeMs), clock.now()),
      );
  }
}

/** A file that cannot be read is a problem of a source, not of this process or the network. */
const REFUSALS: ReadonlySet<Reason> = new Set(['permission', 'source_unavailable']);

/** Some of them, the smallest ones. */
function namesOf(objects: Objects): ObjectName[] {
  return [...smallestOf(objects, MOST_READ)].flatMap(([kind, ids]) =>
    ids.map((id) => ({ kind, id })),
  );
}

const NOTHING = { candidates: NO_OBJECTS, verdict: 'right' } as const;
