import { careOf, type Care } from '../locations/care.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import { common, EMPTY_CATALOGUE, minus, type Catalogue } from '../repository/catalogue.ts';
import { objectPath } from '../repository/names.ts';
import { countObjects, objectsMinus, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { isEmptyPlan, planSync, type Present } from '../replication/plan.ts';
import { proveSent } from '../replication/barrier.ts';
import { limitTo } from '../replication/sync.ts';
import { flatten } from '../repository/data-catalogue.ts';
import { diskOf } from '../facts/disks.ts';
import { sha256 } from '../replication/take-view.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { DAY_MS } from '../runtime/units.ts';
import { ApartCheck } from './apart.ts';
import { notIntact } from './not-intact.ts';
import { RetiredState, incompleteError } from './retired-state.ts';
import type {
  Backend,
  BringBackOptions,
  InspectionFacts,
  InspectOptions,
  ManagedPlace,
} from './backend.ts';
import { listObjects } from './list-objects.ts';
import { Inventory } from './inventory.ts';
import { wasComplete } from './new-place.ts';
import {
  claimMarker,
  isAnotherPlace,
  readMarker,
  requireMarker,
  writeMarker,
  type Marker,
  type MarkerOwner,
} from './marker.ts';
import {
  factsOf,
  type CarefulInspection,
  type EarlyInspection,
  type RawBackendOptions,
  type RawInspection,
} from './raw-inspection.ts';
import type { RestoreRequest, Retirement, RetireRequest } from './retire.ts';
import { requireSameRepository } from './same-repository.ts';
import { requireCompleteView } from './complete-view.ts';

/**
 * A backend that holds the same objects as the source, over any location. It knows its content from a listing and from what it has
 * sent since. A restart forgets that, and one listing restores it (I8).
 */
export class RawBackend implements Backend, ManagedPlace {
  readonly location: Location;
  readonly isRemote: boolean;
  readonly owner: MarkerOwner;
  private marker: Marker | undefined;
  readonly aside: RetiredState;
  readonly known = new Inventory();
  private readonly apart = new ApartCheck();
  /** when all of it was last listed, by `elapsedMs` */
  private listedAt = -Infinity;

  constructor({ location, isRemote, owner }: RawBackendOptions) {
    this.location = location;
    this.isRemote = isRemote;
    this.owner = owner;
    this.aside = new RetiredState(location);
  }

  get readable(): Location {
    return this.location;
  }

  get managed(): ManagedPlace {
    return this;
  }

  /**
   * Inspects the marker, whether it is the same repository (I4), the content, and losses. Rejects with not_initialised, diverged,
   * or an error of the location.
   */
  async inspect(options: InspectOptions): Promise<InspectionFacts> {
    return factsOf(await this.examine({ ...options, care: this.careFor(options) }), options.now);
  }

  private careFor({ wanted, isIdle }: InspectOptions): Care {
    const { isRemote, known } = this;
    const { present, isDamaged } = known;
    const isKnown = present !== undefined; // a first inspection could trust earlier facts
    return careOf({ wanted, isIdle, isKnown, isDamaged, isRemote });
  }

  private async examine(options: CarefulInspection): Promise<RawInspection> {
    const { location, owner, isRemote } = this;
    const { view, remembered, signal } = options;
    const early = this.inspectEarly(options);
    early.catch(() => undefined); // what is wrong with the marker is told first
    const asking = { signal, isRemote, wasComplete: wasComplete(remembered) };
    const marker = await requireMarker(location, owner, asking);
    const isAnother = isAnotherPlace(marker, this.marker);
    if (isAnother) this.forget();
    this.note(marker);
    await this.apart.check(location, marker.id, options);
    const { light, space, configSha256 } = await (isAnother ? this.inspectEarly(options) : early);
    await requireSameRepository({ location, owner, marker, found: configSha256 }, options);
    if (view === undefined) return { marker, space, isFull: false };
    const retired = await this.aside.refresh(options);
    const care = isAnother ? 'full' : options.care;
    const objects = light ? light.objects : await this.listAll(options, care);
    this.known.note({
      found: { configSha256, objects },
      view,
      retired,
      remembered: diskOf(remembered, marker.id)?.contents,
    });
    return { marker, space, isFull: care === 'full' };
  }

  /** Updates the names of machine and client in the marker if necessary. Call it before anything is sent. */
  async claim({ signal }: CallOptions): Promise<void> {
    const { location, owner, isRemote, marker } = this;
    if (marker?.writer !== owner.writer || marker.client !== owner.client)
      this.note(await claimMarker(location, owner, { signal, isRemote }));
  }

  async bringBack(from: Location, objects: Objects, options: BringBackOptions): Promise<void> {
    const { location } = this;
    const { signal, onPlaced } = options;
    await this.claim(options);
    await location.sweep(options);
    const refused: string[] = [];
    for (const kind of ['keys', 'data', 'index'] as const) {
      const wanted = kind === 'data' ? flatten(objects.data) : objects[kind];
      if (wanted.count === 0) continue;
      const transfer = { source: from, kind, objects: wanted, replaced: wanted };
      const { placed, failure, ...left } = await location.receive(transfer, options);
      for (const id of [...left.vanished, ...left.corrupt.map((object) => object.id)])
        refused.push(objectPath(kind, id));
      const onProven = (there: Catalogue) => {
        const proven = limitTo(kind, there);
        this.known.addPlaced(proven);
        onPlaced(proven);
      };
      await proveSent(kind, placed, { target: location, onProven, signal });
      if (failure !== undefined) throw failure;
    }
    await location.settle(options);
    if (refused.length > 0) throw notIntact(from.label, refused);
  }

  async retire(view: View, request: RetireRequest): Promise<Retirement> {
    const { known } = this;
    const isSound = known.baselineAt !== undefined && !known.isDamaged;
    const present = known.require();
    if (!isSound || !isEmptyPlan(planSync(view, present)))
      throw incompleteError(this.location.label, this.owner);
    const what = { ...request, view, present: present.objects };
    const { left, ...done } = await this.aside.retire(what);
    known.keepOnly(left);
    return done;
  }

  async restore(request: RestoreRequest): Promise<Retirement> {
    const { back, ...done } = await this.aside.restore(request);
    const { complete = EMPTY_CATALOGUE } = request;
    // in the safe order, as if they were sent; others are seen by the next inspection, as those of another program
    if (this.known.objects !== undefined)
      this.known.addPlaced({ ...back, snapshots: common(back.snapshots, complete) });
    return done;
  }

  /** `backend accept-config` leaves the hash of the accepted `config` in the marker. */
  async accepts(configSha256: string, options: CallOptions): Promise<boolean> {
    const marker = await readMarker(this.location, options);
    return marker?.configSha256 === configSha256;
  }

  /**
   * Lists again what new indexes and snapshots need; at a remote, only if its last full listing is older than a day. What vanished
   * since the inspection is a loss, and no longer counts as being there.
   */
  async isStillThere(view: View, { signal }: CallOptions): Promise<boolean> {
    if (this.isRemote && elapsedMs() - this.listedAt < DAY_MS) return true;
    const present = this.known.require();
    const listed = await this.listAll({ signal, view }, 'names');
    const objects = { ...listed, snapshots: present.objects.snapshots };
    if (countObjects(objectsMinus(present.objects, objects)) === 0) return true;
    this.known.noteAgain(objects);
    return false;
  }

  /** After a complete sync: proves once, with a full listing, that nothing in the view is missing, and records that in the marker. */
  async reachBaseline(view: View, options: CallOptions & { now: number }): Promise<void> {
    const marker = this.marker;
    if (marker === undefined || this.known.baselineAt !== undefined) {
      this.known.noteView(view);
      return;
    }
    if (view.objects.snapshots.count === 0) return;
    const objects = await this.listAll({ ...options, view }, 'full');
    requireCompleteView(view, objects, this.location.label);
    const { configSha256 } = view;
    this.known.prove(view, objects);
    const proven = { ...marker, configSha256, baselineAt: new Date(options.now).toISOString() };
    this.note(proven);
    await writeMarker(this.location, proven, options);
  }

  private note(marker: Marker): void {
    this.marker = marker;
    this.known.markedAt = marker.baselineAt === null ? undefined : Date.parse(marker.baselineAt);
  }

  private async readConfig({ signal }: CallOptions): Promise<string | undefined> {
    const content = await this.location.read('config', { signal });
    return content && sha256(content);
  }

  /** Runs while the marker is read, because waking a thread or starting a program takes longer than the answers. */
  private async inspectEarly(options: CarefulInspection): Promise<EarlyInspection> {
    const light = await this.inspectLightly(options);
    if (light !== undefined) return { light, space: undefined, configSha256: light.configSha256 };
    const [space, configSha256] = await Promise.all([
      this.location.space(options),
      this.readConfig(options),
    ]);
    return { light, space, configSha256 };
  }

  /**
   * At a remote, where each check costs a request, a poll lists only the snapshots; the rest comes from the last listing, and
   * from what was sent and proven since. Undefined if everything must be listed: a missing snapshot may not be the only missing object.
   */
  private async inspectLightly(options: CarefulInspection): Promise<Present | undefined> {
    const { care, view, signal } = options;
    const { present } = this.known;
    if (!this.isRemote || care !== 'poll' || present === undefined) return undefined;
    if (view === undefined) return present;
    const how = { signal, care: 'names', like: view.objects } as const;
    const { objects: snapshots } = await this.location.list('snapshots', how);
    if (minus(present.objects.snapshots, snapshots).count > 0) return undefined;
    return { ...present, objects: { ...present.objects, snapshots } };
  }

  private async listAll(
    options: Pick<InspectOptions, 'view' | 'signal'>,
    care: Care,
  ): Promise<Objects> {
    const { view, signal } = options;
    if (this.isRemote || care === 'full') this.listedAt = elapsedMs();
    const like = view === undefined ? {} : { like: view.objects };
    const { objects, strays } = await listObjects(this.location, { signal, care, ...like });
    this.known.strays = strays;
    return objects;
  }

  forget(): void {
    this.known.forget();
    this.aside.forget();
  }
}
