import { careOf, type Care } from '../locations/care.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import { minus, type Catalogue } from '../repository/catalogue.ts';
import { countObjects, objectsMinus, type Objects } from '../repository/objects.ts';
import type { Held } from '../repository/held.ts';
import type { View } from '../repository/view.ts';
import { isEmptyPlan, planSync, type Present } from '../replication/plan.ts';
import { diskOf } from '../facts/disks.ts';
import { sha256 } from '../replication/take-view.ts';
import { startEarly } from '../runtime/start-early.ts';
import { ContentMemo } from '../runtime/content-memo.ts';
import { elapsedMs } from '../runtime/clock.ts';
import { ApartCheck } from './apart.ts';
import { RetiredState, incompleteError } from './retired-state.ts';
import type { Backend, InspectionFacts, InspectOptions, ManagedPlace } from './backend.ts';
import { listObjects } from './list-objects.ts';
import { Inventory } from './inventory.ts';
import { wasComplete } from './new-place.ts';
import {
  claimMarker,
  isAnotherPlace,
  markerMemo,
  readMarker,
  requireMarker,
  writeMarker,
  type Marker,
  type MarkerOwner,
  type MarkerQuestion,
} from './marker.ts';
import {
  factsOf,
  type CarefulInspection,
  type RawInspection,
  type Questions,
} from './raw-inspection.ts';
import type { RawBackendOptions } from './raw-inspection.ts';
import type { Retirement, RetireRequest } from './retire.ts';
import { requireSameRepository } from './same-repository.ts';
import { requireCompleteView } from './complete-view.ts';

const DAY_MS = 24 * 3_600_000;

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
  private readonly inventory = new Inventory();
  private readonly apart = new ApartCheck();
  /** the content was just listed, ahead of the inspection */
  private isPrepared = false;
  /** when all of it was last listed, by `elapsedMs` */
  private listedAt = -Infinity;
  private readonly markers = markerMemo();
  private readonly hashes = new ContentMemo(sha256);

  constructor({ location, isRemote, owner }: RawBackendOptions) {
    this.location = location;
    this.isRemote = isRemote;
    this.owner = owner;
    this.aside = new RetiredState(location);
  }

  get managed(): ManagedPlace {
    return this;
  }

  /** The content; undefined before the first inspection. */
  get present(): Present | undefined {
    return this.inventory.present;
  }

  get objects(): Objects | undefined {
    return this.present?.objects;
  }

  /** Everything visible was sent after everything that it needs. */
  get visible(): Catalogue {
    return this.inventory.visible;
  }

  get lost(): Objects {
    return this.inventory.lost;
  }

  get lostUnnamed(): number {
    return this.inventory.lostUnnamed;
  }

  get held(): Held | undefined {
    return this.baselineAt === undefined ? undefined : this.inventory.held;
  }

  get isDamaged(): boolean {
    const { present, baselineAt } = this;
    const hasLostConfig = present !== undefined && present.configSha256 === undefined;
    return (
      (hasLostConfig && baselineAt !== undefined) || countObjects(this.lost) + this.lostUnnamed > 0
    );
  }

  get baselineAt(): number | undefined {
    const at = this.marker?.baselineAt ?? undefined;
    return at === undefined || !this.inventory.isProven ? undefined : Date.parse(at);
  }

  /**
   * Inspects the marker, whether it is the same repository (I4), the content, and losses. Rejects with not_initialised, diverged,
   * or an error of the location.
   */
  async inspect(options: InspectOptions): Promise<InspectionFacts> {
    return factsOf(await this.examine({ ...options, care: this.careFor(options) }), options.now);
  }

  private careFor({ wanted, isIdle }: InspectOptions): Care {
    const { present, isDamaged, isRemote } = this;
    const isKnown = present !== undefined; // a first inspection could trust earlier facts
    return careOf({ wanted, isIdle, isKnown, isDamaged, isRemote });
  }

  private async examine(options: CarefulInspection): Promise<RawInspection> {
    const { view, remembered } = options;
    const lightly = this.askLightly(options);
    const questions = this.ask(options);
    const marker = await questions.marker();
    const isAnother = isAnotherPlace(marker, this.marker);
    if (isAnother) this.forget();
    this.marker = marker;
    await this.apart.check(this.location, marker.id, options);
    const light = await lightly();
    const space = light ? undefined : await questions.space();
    const configSha256 = light ? light.configSha256 : await questions.config();
    const { location, owner } = this;
    await requireSameRepository({ location, owner, marker, found: configSha256 }, options);
    if (view === undefined) return { marker, space, isFull: false };
    const retired = await this.aside.refresh(options);
    let objects = light ? light.objects : await questions.listed();
    if (isAnother) objects = await this.listAll(options, 'full'); // the first one may trust earlier facts
    this.inventory.note({
      found: { configSha256, objects },
      ...{ view, retired },
      hasBaseline: marker.baselineAt !== null,
      remembered: diskOf(remembered, marker.id)?.contents,
    });
    return { marker, space, isFull: isAnother || options.care === 'full' };
  }

  /**
   * Lists the content ahead of the first inspection, while the source is still being checked. Leaves problems of the place to the
   * inspection.
   */
  async prepare(options: CallOptions): Promise<void> {
    if (this.present !== undefined || this.isRemote) return;
    try {
      await requireMarker(this.location, this.owner, this.asking(options));
      await this.listAll({ ...options, view: undefined }, 'full');
      this.isPrepared = true;
    } catch {
      // the inspection finds and reports it again
    }
  }

  /** Updates the writer in the marker if necessary. Call it before anything is sent. */
  async claim(options: CallOptions): Promise<void> {
    if (this.marker?.writer !== this.owner.writer)
      this.marker = await claimMarker(this.location, this.owner, this.asking(options));
  }

  async retire(view: View, request: RetireRequest): Promise<Retirement> {
    const known = this.requirePresent();
    const isSound = this.baselineAt !== undefined && !this.isDamaged;
    if (!isSound || !isEmptyPlan(planSync(view, known)))
      throw incompleteError(this.location.label, this.owner);
    const { objects: present } = known;
    const { left, ...done } = await this.aside.retire({ ...request, view, present });
    this.inventory.keepOnly(left);
    return done;
  }

  /** `backend accept-config` leaves the hash of the accepted `config` in the marker. */
  async accepts(configSha256: string, options: CallOptions): Promise<boolean> {
    const marker = await readMarker(this.location, options);
    return marker?.configSha256 === configSha256;
  }

  /** Records what was proven to be there. */
  addPlaced(placed: Objects): void {
    this.inventory.addPlaced(placed);
  }

  /**
   * Lists again what new indexes and snapshots need; at a remote, only if its last full listing is older than a day. What vanished
   * since the inspection is a loss, and no longer counts as being there.
   */
  async isStillThere(view: View, { signal }: CallOptions): Promise<boolean> {
    if (this.isRemote && elapsedMs() - this.listedAt < DAY_MS) return true;
    const present = this.requirePresent();
    const listed = await this.listAll({ signal, view }, 'names');
    const objects = { ...listed, snapshots: present.objects.snapshots };
    if (countObjects(objectsMinus(present.objects, objects)) === 0) return true;
    this.inventory.noteAgain(objects);
    return false;
  }

  /** Records that `config` was sent. */
  addConfig(configSha256: string): void {
    this.inventory.setConfig(configSha256);
  }

  /** After a complete sync: proves once, with a full listing, that nothing in the view is missing, and records that in the marker. */
  async reachBaseline(view: View, options: CallOptions & { now: number }): Promise<void> {
    const marker = this.marker;
    if (marker === undefined || this.baselineAt !== undefined) {
      this.inventory.noteView(view);
      return;
    }
    if (view.objects.snapshots.count === 0) return;
    const objects = await this.listAll({ ...options, view }, 'full');
    requireCompleteView(view, objects, this.location.label);
    const { configSha256 } = view;
    this.inventory.prove(view, objects);
    this.marker = { ...marker, configSha256, baselineAt: new Date(options.now).toISOString() };
    await writeMarker(this.location, this.marker, options);
  }

  /**
   * Starts the requests of an inspection, whose results are judged one after the other. They start at the same time, because
   * starting takes longest; at a remote, only those that are needed. The content is listed ahead only if the marker was valid
   * before.
   */
  private ask(options: CarefulInspection): Questions {
    const { signal, remembered } = options;
    const asking = {
      ...this.asking({ signal }),
      ...{ memo: this.markers, wasComplete: wasComplete(remembered) },
    };
    const questions: Questions = {
      marker: () => requireMarker(this.location, this.owner, asking),
      space: () => this.location.space(options),
      config: () => this.readConfig({ signal }),
      listed: () => this.listAll(options, this.takePrepared() ? 'names' : options.care),
    };
    const isKnown = this.marker !== undefined;
    if (this.isRemote && (!isKnown || this.mayInspectLightly(options))) return questions;
    const mayList = options.view !== undefined && isKnown;
    return {
      marker: startEarly(questions.marker),
      space: startEarly(questions.space),
      config: startEarly(questions.config),
      listed: mayList ? startEarly(questions.listed) : questions.listed,
    };
  }

  /** At a remote, most facts come from the last listing, because every question costs a request. */
  private mayInspectLightly({ care }: CarefulInspection): boolean {
    return this.isRemote && care === 'poll';
  }

  /** Whether all of it was just listed, ahead of the inspection. */
  private takePrepared(): boolean {
    const was = this.isPrepared;
    this.isPrepared = false;
    return was;
  }

  private asking({ signal }: CallOptions): MarkerQuestion {
    return { signal, isRemote: this.isRemote };
  }

  private async readConfig(options: CallOptions): Promise<string | undefined> {
    const content = await this.location.read('config', options);
    return content === undefined ? undefined : this.hashes.of(content);
  }

  /** Runs at the same time as the marker: at a remote, starting takes long, and not the request. */
  private askLightly(options: CarefulInspection): () => Promise<Present | undefined> {
    const answer =
      this.mayInspectLightly(options) && startEarly(() => this.inspectLightly(options));
    return async () => (answer && this.present !== undefined ? answer() : undefined);
  }

  /**
   * Lists the snapshots; the rest comes from the last listing, and from what was sent and proven since. Undefined if a snapshot is
   * missing: other objects may be missing, too, so everything must be listed.
   */
  private async inspectLightly({ view, signal }: InspectOptions): Promise<Present | undefined> {
    const present = this.requirePresent();
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
    return (await listObjects(this.location, { signal, care, ...like })).objects;
  }

  /** The content; call it after an inspection. */
  requirePresent(): Present {
    if (this.present === undefined)
      throw new Error(`${this.location.label} has not been checked yet`);
    return this.present;
  }

  forget(): void {
    this.inventory.forget();
    this.aside.forget();
  }
}
