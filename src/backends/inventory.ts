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
  /** whether a full listing once contained a complete view */
  readonly hasBaseline: boolean;
  /** what an earlier process knew about this place; undefined if that was another place, or is forgotten */
  readonly remembered: Contents | undefined;
}

/**
 * The content of a raw backend, and its expected content. Each listing is compared with what was there before. Whatever vanished
 * is a loss until it is back. A snapshot is visible only while it is known to have been sent after everything that it needs.
 */
export class Inventory {
  private found: Present | undefined;
  private losses: Objects = NO_OBJECTS;
  private unnamedLosses = 0;
  /** the expected content, while some of it has no name */
  private expected: Held | undefined;
  /** objects sent since then, which are not part of it */
  private added: Objects = NO_OBJECTS;
  /** snapshots of which it is unknown whether everything that they need is there */
  private unsure: Catalogue = EMPTY_CATALOGUE;
  private isSure = true;
  private readonly sure = new Derived<Catalogue>();
  private readonly summed = new Derived<Held>();

  /** The content; undefined before the first inspection. */
  get present(): Present | undefined {
    return this.found;
  }

  get lost(): Objects {
    return this.losses;
  }

  /** The minimum number of losses without a name. */
  get lostUnnamed(): number {
    return this.unnamedLosses;
  }

  /** False if the memory of an earlier process is lost or not explained, so that a new baseline is needed. */
  get isProven(): boolean {
    return this.isSure;
  }

  /** The same set object while nothing changes, so that nothing is recomputed. */
  get visible(): Catalogue {
    const snapshots = this.found?.objects.snapshots ?? EMPTY_CATALOGUE;
    const { unsure } = this;
    if (unsure.count === 0) return snapshots;
    return this.sure.of([snapshots, unsure], () => minus(snapshots, unsure));
  }

  /** The expected content, to be saved for a later process; undefined while unknown. */
  get held(): Held | undefined {
    const { found, losses, visible } = this;
    if (found === undefined || !this.isSure) return undefined;
    if (this.unnamedLosses > 0) return this.expected;
    return this.summed.of([found.objects, losses, visible], () => {
      const all = losses === NO_OBJECTS ? found.objects : objectsPlus(found.objects, losses);
      return heldOf({ ...all, snapshots: visible });
    });
  }

  forget(): void {
    this.found = undefined;
    this.losses = NO_OBJECTS;
    [this.unnamedLosses, this.expected, this.added] = [0, undefined, NO_OBJECTS];
    [this.unsure, this.isSure] = [EMPTY_CATALOGUE, true];
  }

  /** Records what an inspection found. */
  note(inspection: NewInspection): void {
    const { objects, configSha256 } = inspection.found;
    const before = this.found?.objects;
    if (before !== undefined && areSame(before, objects)) {
      if (this.found?.configSha256 !== configSha256) this.setConfig(configSha256);
      this.noteView(inspection.view);
      return;
    }
    if (before === undefined) this.begin(inspection);
    else this.compare(before, objects, inspection.retired);
    const lost = internEmpty(objectsMinus(this.losses, objects));
    this.losses = internEmpty({ ...lost, snapshots: EMPTY_CATALOGUE });
    this.found = inspection.found;
    this.noteView(inspection.view);
  }

  /** Records another listing in the middle of a pass. */
  noteAgain(objects: Objects): void {
    const found = this.require();
    this.compare(found.objects, objects);
    this.losses = internEmpty({
      ...objectsMinus(this.losses, objects),
      snapshots: EMPTY_CATALOGUE,
    });
    this.found = { ...found, objects };
  }

  /** Records objects that were sent in the safe order and proven to be there. */
  addPlaced(placed: Objects): void {
    const found = this.require();
    this.found = { ...found, objects: objectsPlus(found.objects, placed) };
    if (this.expected !== undefined)
      this.added = objectsPlus(this.added, objectsMinus(placed, this.losses));
    this.losses = internEmpty(objectsMinus(this.losses, placed));
    this.unsure = minus(this.unsure, placed.snapshots);
  }

  /** Those of some objects that are there or are lost, by name. */
  hadBefore(kind: HashedKind, objects: Catalogue): Catalogue {
    const there = this.require().objects;
    return plus(inBoth(kind, objects, there), inBoth(kind, objects, this.losses));
  }

  /** Records that a person moved objects aside, so that they do not count as missing. */
  keepOnly(objects: Objects): void {
    this.found = { ...this.require(), objects };
  }

  setConfig(configSha256: string | undefined): void {
    this.found = { ...this.require(), configSha256 };
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

  private compare(before: Objects, listed: Objects, retired = NO_OBJECTS): void {
    const missing = withoutNames(objectsMinus(before, listed), retired);
    this.losses = objectsPlus(this.losses, missing);
    const newcomers = minus(listed.snapshots, before.snapshots); // another program put them there
    if (newcomers.count > 0) this.unsure = plus(this.unsure, newcomers);
    if (this.expected === undefined) return;
    if (!isIntact(this.expected, objectsMinus(listed, this.added))) return;
    [this.unnamedLosses, this.expected] = [0, undefined];
  }

  /** A process that has just started knows only what an earlier one saved. */
  private begin({ found, view, retired, hasBaseline, remembered }: NewInspection): void {
    const { objects: listed } = found;
    if (!hasBaseline) return; // nothing counts yet
    const held = remembered?.held;
    if (remembered === undefined || held === undefined) {
      [this.isSure, this.unsure] = [false, listed.snapshots];
      return;
    }
    const { recalled, there } = recall({ held, listed, source: view.objects }, retired);
    this.losses = objectsPlus(recalled.lost, withoutNames(remembered.lost, retired));
    const unnamed = Math.max(recalled.unnamed, remembered.lostUnnamed ?? 0);
    this.unnamedLosses = isIntact(held, there) ? 0 : unnamed;
    this.expected = this.unnamedLosses > 0 ? held : undefined;
    this.isSure = recalled.isCertain;
    const known = recalled.isCertain ? snapshotsOf(held, listed, remembered) : EMPTY_CATALOGUE;
    this.unsure = minus(listed.snapshots, known);
  }

  private require(): Present {
    if (this.found === undefined) throw new Error('the backend has not been checked yet');
    return this.found;
  }
}

function inBoth(kind: HashedKind, objects: Catalogue, known: Objects): Catalogue {
  if (kind !== 'data') return common(objects, known[kind]);
  return flatten(zipData(split(objects), known.data, common));
}

/** One that moves objects aside may be killed before it can remember that: so what was moved may count as being there. */
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
