import type { KnownContent } from './backend.ts';
import { NO_STRAYS } from './list-objects.ts';
import type { Contents } from '../facts/contents.ts';
import { lackingObjects } from '../replication/lacking.ts';
import type { Present } from '../replication/plan.ts';
import { common, EMPTY_CATALOGUE, minus, plus, type Catalogue } from '../repository/catalogue.ts';
import { flatten, split, zipData } from '../repository/data-catalogue.ts';
import { heldOf, isSummaryOf, setsOf, SNAPSHOTS, type Held } from '../repository/held.ts';
import type { HashedKind } from '../repository/names.ts';
import {
  areSame,
  countObjects,
  NO_OBJECTS,
  objectsMinus,
  objectsPlus,
  internEmpty,
  withoutNames,
  type Objects,
} from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { Derived } from '../runtime/derived.ts';
import { recallLosses, type RecalledLosses, type RecallQuestion } from './recall-losses.ts';

interface NewInspection {
  readonly found: Present;
  readonly view: View;
  /** the objects that a person moved aside there, which are not lost */
  readonly retired: Objects;
  /** what an earlier process knew about this place; undefined if that was another place, or is forgotten */
  readonly remembered: Contents | undefined;
}

/**
 * The content of a raw backend, and its expected content. Each listing is compared with what was there before. Whatever vanished
 * is a loss until it is back. A snapshot is visible only while it is known to have been sent after everything that it needs.
 */
export class Inventory implements KnownContent {
  /** undefined before the first inspection */
  present: Present | undefined;
  lost = NO_OBJECTS;
  lostUnnamed = 0;
  strays = NO_STRAYS;
  /** when a full listing first contained a complete view, as the marker says */
  markedAt: number | undefined;
  /** the expected content, while some of it has no name */
  private expected: Held | undefined;
  /** objects sent since then, which are not part of it */
  private added: Objects = NO_OBJECTS;
  /** snapshots of which it is unknown whether everything that they need is there */
  private unsure: Catalogue = EMPTY_CATALOGUE;
  /** false if the memory of an earlier process is lost or not explained, so that a new baseline is needed */
  private isSure = true;
  private readonly sure = new Derived<Catalogue>();
  private readonly summed = new Derived<Held>();

  get objects(): Objects | undefined {
    return this.present?.objects;
  }

  get baselineAt(): number | undefined {
    return this.isSure ? this.markedAt : undefined;
  }

  get isDamaged(): boolean {
    const { present, baselineAt, lost, lostUnnamed } = this;
    const hasLostConfig = present !== undefined && present.configSha256 === undefined;
    return (hasLostConfig && baselineAt !== undefined) || countObjects(lost) + lostUnnamed > 0;
  }

  /**
   * Everything visible was sent after everything that it needs. The same set object while nothing changes, so that nothing is
   * recomputed.
   */
  get visible(): Catalogue {
    const snapshots = this.objects?.snapshots ?? EMPTY_CATALOGUE;
    const { unsure } = this;
    if (unsure.count === 0) return snapshots;
    return this.sure.of([snapshots, unsure], () => minus(snapshots, unsure));
  }

  /** The expected content, to be saved for a later process; undefined while unknown. */
  get held(): Held | undefined {
    const { objects, lost, visible } = this;
    if (objects === undefined || this.baselineAt === undefined) return undefined;
    if (this.lostUnnamed > 0) return this.expected;
    return this.summed.of([objects, lost, visible], () => {
      const all = lost === NO_OBJECTS ? objects : objectsPlus(objects, lost);
      return heldOf({ ...all, snapshots: visible });
    });
  }

  forget(): void {
    this.present = undefined;
    this.lost = NO_OBJECTS;
    [this.lostUnnamed, this.expected, this.added] = [0, undefined, NO_OBJECTS];
    [this.unsure, this.isSure] = [EMPTY_CATALOGUE, true];
  }

  /** Records what an inspection found. */
  note(inspection: NewInspection): void {
    const { objects, configSha256 } = inspection.found;
    const before = this.objects;
    if (before !== undefined && areSame(before, objects)) {
      if (this.present?.configSha256 !== configSha256) this.setConfig(configSha256);
      this.noteView(inspection.view);
      return;
    }
    if (before === undefined) this.begin(inspection);
    else this.compare(before, objects, inspection.retired);
    this.foundAgain(objects);
    this.present = inspection.found;
    this.noteView(inspection.view);
  }

  /** Records another listing in the middle of a pass. */
  noteAgain(objects: Objects): void {
    const found = this.require();
    this.compare(found.objects, objects);
    this.foundAgain(objects);
    this.present = { ...found, objects };
  }

  /** Records objects that were sent in the safe order and proven to be there. */
  addPlaced(placed: Objects): void {
    const found = this.require();
    this.present = { ...found, objects: objectsPlus(found.objects, placed) };
    if (this.expected !== undefined)
      this.added = objectsPlus(this.added, objectsMinus(placed, this.lost));
    this.lost = internEmpty(objectsMinus(this.lost, placed));
    this.unsure = minus(this.unsure, placed.snapshots);
  }

  /** Returns those of the given objects that are there, or were lost, by name. */
  hadBefore(kind: HashedKind, objects: Catalogue): Catalogue {
    const there = this.require().objects;
    return plus(inBoth(kind, objects, there), inBoth(kind, objects, this.lost));
  }

  /** Records that a person moved objects aside, so that they do not count as missing. */
  keepOnly(objects: Objects): void {
    this.present = { ...this.require(), objects };
  }

  setConfig(configSha256: string | undefined): void {
    this.present = { ...this.require(), configSha256 };
  }

  /** Records that a full listing just contained the complete view. */
  prove(view: View, objects: Objects): void {
    this.noteAgain(objects);
    this.setConfig(view.configSha256);
    this.isSure = true;
    this.noteView(view);
  }

  /** While everything that the source has is there, all its snapshots are complete. */
  noteView({ objects }: View): void {
    if (this.unsure.count === 0) return;
    const lacking = lackingObjects(objects, this.require().objects);
    if (countObjects({ ...lacking, snapshots: EMPTY_CATALOGUE }) > 0) return;
    this.unsure = minus(this.unsure, objects.snapshots);
  }

  private foundAgain(objects: Objects): void {
    this.lost = internEmpty({ ...objectsMinus(this.lost, objects), snapshots: EMPTY_CATALOGUE });
  }

  private compare(before: Objects, listed: Objects, retired = NO_OBJECTS): void {
    const missing = withoutNames(objectsMinus(before, listed), retired);
    this.lost = objectsPlus(this.lost, missing);
    const newcomers = minus(listed.snapshots, before.snapshots); // another program put them there
    if (newcomers.count > 0) this.unsure = plus(this.unsure, newcomers);
    if (this.expected === undefined) return;
    if (!isIntact(this.expected, objectsMinus(listed, this.added))) return;
    [this.lostUnnamed, this.expected] = [0, undefined];
  }

  /** A process that has just started knows only what an earlier one saved. */
  private begin({ found, view, retired, remembered }: NewInspection): void {
    const { objects: listed } = found;
    if (this.markedAt === undefined) return; // nothing counts yet
    const held = remembered?.held;
    if (remembered === undefined || held === undefined) {
      [this.isSure, this.unsure] = [false, listed.snapshots];
      return;
    }
    const { recalled, there } = recall({ held, listed, source: view.objects }, retired);
    this.lost = objectsPlus(recalled.lost, withoutNames(remembered.lost, retired));
    const unnamed = Math.max(recalled.unnamed, remembered.lostUnnamed ?? 0);
    this.lostUnnamed = isIntact(held, there) ? 0 : unnamed;
    this.expected = this.lostUnnamed > 0 ? held : undefined;
    this.isSure = recalled.isCertain;
    const known = recalled.isCertain ? snapshotsOf(held, listed, remembered) : EMPTY_CATALOGUE;
    this.unsure = minus(listed.snapshots, known);
  }

  /** The content; call it after an inspection. */
  require(): Present {
    if (this.present === undefined) throw new Error('the backend has not been checked yet');
    return this.present;
  }
}

function inBoth(kind: HashedKind, objects: Catalogue, known: Objects): Catalogue {
  if (kind !== 'data') return common(objects, known[kind]);
  return flatten(zipData(split(objects), known.data, common));
}

/** A process that moves objects aside may be killed before it can save that, so retired objects may count as being there. */
function recall(
  question: RecallQuestion,
  retired: Objects,
): { readonly recalled: RecalledLosses; readonly there: Objects } {
  const { listed } = question;
  const recalled = recallLosses(question);
  const isExplained = recalled.isCertain && countObjects(recalled.lost) + recalled.unnamed === 0;
  if (isExplained || countObjects(retired) === 0) return { recalled, there: listed };
  const there = objectsPlus(listed, retired);
  const again = recallLosses({ ...question, listed: there });
  return { recalled: { ...again, lost: withoutNames(again.lost, retired) }, there };
}

/** Everything expected is there, except perhaps snapshots, which affect only themselves. */
function isIntact({ summaries }: Held, listed: Objects): boolean {
  return setsOf(listed).every((set, i) => {
    const summary = summaries[i];
    return i === SNAPSHOTS || (summary !== undefined && isSummaryOf(summary, set));
  });
}

/** The snapshots that were known to be complete. */
function snapshotsOf(held: Held, listed: Objects, { complete }: Contents): Catalogue {
  if (held.objects !== undefined) return held.objects.snapshots;
  const summary = held.summaries[SNAPSHOTS];
  const isSame = summary !== undefined && isSummaryOf(summary, listed.snapshots);
  return isSame ? listed.snapshots : (complete ?? EMPTY_CATALOGUE);
}
