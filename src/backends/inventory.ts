import type { Contents } from '../facts/contents.ts';
import { lackingObjects } from '../replication/lacking.ts';
import type { Present } from '../replication/plan.ts';
import { EMPTY_CATALOGUE, minus, plus, type Catalogue } from '../repository/catalogue.ts';
import { heldOf, isSummaryOf, setsOf, SNAPSHOTS, type Held } from '../repository/held.ts';
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
import { recallLosses, type RecalledLosses, type RecallQuestion } from './recall-losses.ts';

interface NewInspection {
  readonly found: Present;
  readonly view: View;
  /** what a person had moved aside there, which is not lost */
  readonly retired: Objects;
  /** whether a full listing once held a whole view */
  readonly hasBaseline: boolean;
  /** what an earlier process knew of this place; undefined when that was another place, or is forgotten */
  readonly remembered: Contents | undefined;
}

/**
 * What is at a raw backend, and what should be: each listing is compared with what was there before. What vanished is a loss
 * until it is there again. A snapshot is visible only while it is known to have been sent after all that it needs.
 */
export class Inventory {
  private found: Present | undefined;
  private losses: Objects = NO_OBJECTS;
  private unnamedLosses = 0;
  /** what should be there, while some of it cannot be named */
  private expected: Held | undefined;
  /** what was sent since, and is no part of it */
  private added: Objects = NO_OBJECTS;
  /** snapshots that are there and of which nobody knows whether all that they need is */
  private unsure: Catalogue = EMPTY_CATALOGUE;
  private isSure = true;
  private shown = { visible: EMPTY_CATALOGUE, snapshots: EMPTY_CATALOGUE, unsure: EMPTY_CATALOGUE };
  private summed: { readonly parts: readonly unknown[]; readonly held: Held } | undefined;

  /** What is there; undefined before the first look. */
  get present(): Present | undefined {
    return this.found;
  }

  get lost(): Objects {
    return this.losses;
  }

  /** Losses that nobody can name; at least so many. */
  get lostUnnamed(): number {
    return this.unnamedLosses;
  }

  /** False: what an earlier process knew is forgotten, or not explained, so that a new baseline is needed. */
  get isProven(): boolean {
    return this.isSure;
  }

  /** The same set while nothing changes, so that nothing is derived from it anew. */
  get visible(): Catalogue {
    const snapshots = this.found?.objects.snapshots ?? EMPTY_CATALOGUE;
    const { unsure } = this;
    if (this.shown.snapshots !== snapshots || this.shown.unsure !== unsure)
      this.shown = { snapshots, unsure, visible: minus(snapshots, unsure) };
    return unsure.count === 0 ? snapshots : this.shown.visible;
  }

  /** What should be there, to be remembered by a later process; undefined while that is not known. */
  get held(): Held | undefined {
    const { found, losses, visible } = this;
    if (found === undefined || !this.isSure) return undefined;
    if (this.unnamedLosses > 0) return this.expected;
    const parts = [found.objects, losses, visible];
    if (this.summed?.parts.every((part, i) => part === parts[i]) === true) return this.summed.held;
    const all = losses === NO_OBJECTS ? found.objects : objectsPlus(found.objects, losses);
    const held = heldOf({ ...all, snapshots: visible });
    this.summed = { parts, held };
    return held;
  }

  forget(): void {
    this.found = undefined;
    this.losses = NO_OBJECTS;
    [this.unnamedLosses, this.expected, this.added] = [0, undefined, NO_OBJECTS];
    [this.unsure, this.isSure] = [EMPTY_CATALOGUE, true];
  }

  /** Takes note of what a look found. */
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

  /** Takes note of another listing in the middle of a pass. */
  noteAgain(objects: Objects): void {
    const found = this.require();
    this.compare(found.objects, objects);
    this.losses = internEmpty({
      ...objectsMinus(this.losses, objects),
      snapshots: EMPTY_CATALOGUE,
    });
    this.found = { ...found, objects };
  }

  /** What was proven to be there, having been sent in the safe order. */
  addPlaced(placed: Objects): void {
    const found = this.require();
    this.found = { ...found, objects: objectsPlus(found.objects, placed) };
    if (this.expected !== undefined)
      this.added = objectsPlus(this.added, objectsMinus(placed, this.losses));
    this.losses = internEmpty(objectsMinus(this.losses, placed));
    this.unsure = minus(this.unsure, placed.snapshots);
  }

  /** Some of it was moved aside by a person, and nothing of that is missed. */
  keepOnly(objects: Objects): void {
    this.found = { ...this.require(), objects };
  }

  setConfig(configSha256: string | undefined): void {
    this.found = { ...this.require(), configSha256 };
  }

  /** A full listing has just held the whole view. */
  prove(view: View, objects: Objects): void {
    this.noteAgain(objects);
    this.setConfig(view.configSha256);
    this.isSure = true;
    this.noteView(view);
  }

  /** While all is there that the source has, all its snapshots are whole. */
  noteView({ objects }: View): void {
    if (this.unsure.count === 0) return;
    const lacking = lackingObjects(objects, this.require().objects);
    if (countObjects({ ...lacking, snapshots: EMPTY_CATALOGUE }) > 0) return;
    this.unsure = minus(this.unsure, objects.snapshots);
  }

  private compare(before: Objects, listed: Objects, retired = NO_OBJECTS): void {
    const missing = withoutNames(objectsMinus(before, listed), retired);
    this.losses = objectsPlus(this.losses, missing);
    const newcomers = minus(listed.snapshots, before.snapshots); // somebody else put them there
    if (newcomers.count > 0) this.unsure = plus(this.unsure, newcomers);
    if (this.expected === undefined) return;
    if (!isIntact(this.expected, objectsMinus(listed, this.added))) return;
    [this.unnamedLosses, this.expected] = [0, undefined];
  }

  /** A process that has just started knows only what an earlier one remembered. */
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

/** All that should be there is, but for snapshots, which cost only themselves. */
function isIntact({ summaries }: Held, listed: Objects): boolean {
  return setsOf(listed).every((set, i) => {
    const summary = summaries[i];
    return i === SNAPSHOTS || (summary !== undefined && isSummaryOf(summary, set));
  });
}

/** The snapshots that were known to be whole. */
function snapshotsOf(held: Held, listed: Objects, { complete }: Contents): Catalogue {
  if (held.objects !== undefined) return held.objects.snapshots;
  const summary = held.summaries[SNAPSHOTS];
  const isSame = summary !== undefined && isSummaryOf(summary, listed.snapshots);
  return isSame ? listed.snapshots : (complete ?? EMPTY_CATALOGUE);
}
