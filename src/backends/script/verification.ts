import { careOf, type Care } from '../../locations/care.ts';
import type { CallOptions, Location } from '../../locations/location.ts';
import { common, EMPTY_CATALOGUE, type Catalogue } from '../../repository/catalogue.ts';
import {
  countObjects,
  NO_OBJECTS,
  objectsMinus,
  objectsPlus,
  type Objects,
} from '../../repository/objects.ts';
import type { View } from '../../repository/view.ts';
import type { Pass } from '../../replication/pass.ts';
import { causeOf } from '../../replication/same-keys.ts';
import { sha256 } from '../../replication/take-view.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { Derived } from '../../runtime/derived.ts';
import { heldOf, type Held } from '../../repository/held.ts';
import type { Contents } from '../../facts/contents.ts';
import type { InspectOptions, KnownContent } from '../backend.ts';
import { listObjects, NO_STRAYS } from '../list-objects.ts';
import { recallLosses } from '../recall-losses.ts';
import type { MarkerOwner } from '../marker.ts';
import type { RawBackendOptions } from '../raw-inspection.ts';
import { hintOf, OtherRepositoryError } from '../same-repository.ts';
import { judge, type Judgement, type PlaceListing } from './judge.ts';

interface VerifyOptions extends Omit<InspectOptions, 'remembered'> {
  /** the earlier facts about this place */
  readonly remembered: Contents;
  /** whether the operator accepted this `config` for this backend, after the keys were compared */
  readonly isAccepted: (configSha256: string) => Promise<boolean>;
}

/**
 * The place that a script writes to, and that backup-syncd only reads. It has no marker. Its listings prove its completeness; a
 * restart forgets them, and one listing restores that.
 */
export class Verification implements KnownContent {
  readonly location: Location;
  readonly isRemote: boolean;
  private readonly owner: MarkerOwner;
  strays = NO_STRAYS;
  private listed: PlaceListing | undefined;
  private isStale = false;
  /** of the last view that was complete there; undefined if that was before this process started */
  private whole: Objects | undefined;
  private proven = EMPTY_CATALOGUE;
  lost = NO_OBJECTS;
  lostUnnamed = 0;
  /** of an earlier process, until a view is whole in this one */
  private remembered: Held | undefined;
  private readonly summed = new Derived<Held>();
  private readonly shown = new Derived<Catalogue>();
  baselineAt: number | undefined;

  constructor({ location, isRemote, owner }: RawBackendOptions) {
    this.location = location;
    this.isRemote = isRemote;
    this.owner = owner;
  }

  get objects(): Objects | undefined {
    return this.listed?.objects;
  }

  /** Snapshots of views that were complete there, and that are still visible. */
  get visible(): Catalogue {
    const { listed, proven } = this;
    const snapshots = listed?.objects.snapshots ?? EMPTY_CATALOGUE;
    return this.shown.of([snapshots, proven], () => common(snapshots, proven));
  }

  /** The expected content; undefined while nothing is proven. */
  get held(): Held | undefined {
    const { whole, proven, baselineAt } = this;
    if (baselineAt === undefined) return undefined;
    if (whole === undefined) return this.remembered;
    return this.summed.of([whole, proven], () => heldOf({ ...whole, snapshots: proven }));
  }

  get isDamaged(): boolean {
    const { listed, baselineAt } = this;
    const hasLostConfig = listed !== undefined && listed.configSha256 === undefined;
    const lost = countObjects(this.lost) + this.lostUnnamed;
    return lost > 0 || (hasLostConfig && baselineAt !== undefined);
  }

  /** Makes the next inspection list everything, because a run may have changed it. */
  doubt(): void {
    this.isStale = true;
  }

  /** Returns whether everything was listed. Rejects with `diverged`, or with an error of the location. */
  async inspect(
    view: View,
    options: VerifyOptions,
  ): Promise<{ isFull: boolean; isWhole: boolean }> {
    if (this.listed === undefined) this.recall(options.remembered);
    const care = this.careFor(options);
    const isFull = care === 'full';
    const listed =
      this.isRemote && care === 'poll'
        ? await this.listSnapshots(view, options)
        : await this.listAll(view, { ...options, care });
    await this.requireSame(listed, view, options);
    const { isComplete: isWhole } = await this.take(view, listed, options);
    if (isFull) this.isStale = false;
    return { isFull, isWhole };
  }

  private careFor({ wanted, isIdle }: VerifyOptions): Care {
    const { isDamaged, isRemote } = this;
    const isKnown = this.listed !== undefined && !this.isStale;
    return careOf({ wanted, isIdle, isKnown, isDamaged, isRemote });
  }

  /** Lists all of it after a run, without trusting anything remembered. */
  async prove(view: View, pass: Pick<Pass, 'signal' | 'now'>): Promise<Judgement> {
    const { signal } = pass;
    const listed = await this.listAll(view, { signal, care: 'full' });
    const verdict = judge(view, listed, this.whole);
    this.note({ view, listed, now: pass.now() }, verdict);
    this.lost = verdict.isComplete || this.whole !== undefined ? verdict.lost : this.lost;
    this.isStale = false;
    return verdict;
  }

  /** During a run: the objects of a view that are not there yet. Nothing of it is saved. */
  async glance(view: View, options: CallOptions): Promise<Judgement> {
    const listed = await this.listAll(view, { ...options, care: 'full' });
    return judge(view, listed, this.whole);
  }

  /** Judges the last listing by another view. */
  settle(view: View, now: number): Judgement {
    const verdict = this.judge(view);
    if (this.listed !== undefined) this.note({ view, listed: this.listed, now }, verdict);
    if (verdict.isComplete) this.lost = NO_OBJECTS;
    return verdict;
  }

  /** The missing objects of a view; call it after an inspection. */
  judge(view: View): Judgement {
    if (this.listed === undefined)
      throw new Error(`${this.location.label} has not been checked yet`);
    return judge(view, this.listed, this.whole);
  }

  private recall({ complete = EMPTY_CATALOGUE, baselineAt, held }: Contents): void {
    if (held === undefined) return; // the expected content is unknown
    this.proven = held.objects?.snapshots ?? complete;
    this.baselineAt = baselineAt;
    this.whole = held.objects;
    this.remembered = held;
  }

  private async take(view: View, listed: PlaceListing, options: VerifyOptions): Promise<Judgement> {
    const verdict = judge(view, listed, this.whole);
    this.note({ view, listed, now: options.now }, verdict);
    const isKnown = verdict.isComplete || this.whole !== undefined;
    this.lost = isKnown ? verdict.lost : this.recallLosses(view, listed, options.remembered);
    return verdict;
  }

  private note(
    seen: { view: View; listed: PlaceListing; now: number },
    { isComplete: isWhole }: Judgement,
  ): void {
    const { view, listed, now } = seen;
    if (isWhole && view.objects.snapshots.count > 0) {
      this.whole = view.objects;
      this.proven = view.objects.snapshots;
      this.baselineAt ??= now;
      this.lostUnnamed = 0;
    }
    this.listed = listed;
  }

  /** Compares the expected content with summaries, after a restart without the names. */
  private recallLosses(view: View, listed: PlaceListing, { lost }: Contents): Objects {
    if (this.remembered === undefined) return NO_OBJECTS;
    const question = { held: this.remembered, listed: listed.objects, source: view.objects };
    const recalled = recallLosses(question);
    this.lostUnnamed = recalled.unnamed;
    if (!recalled.isCertain) this.forget();
    const all = objectsMinus(objectsPlus(recalled.lost, lost), listed.objects);
    return { ...all, snapshots: EMPTY_CATALOGUE };
  }

  /** Forgets what was complete: nothing there counts until a view is complete again. */
  private forget(): void {
    [this.baselineAt, this.remembered, this.proven] = [undefined, undefined, EMPTY_CATALOGUE];
  }

  /** Requires the same repository, or one whose changed `config` was accepted for this backend (I4). */
  private async requireSame(
    { configSha256: found, objects }: PlaceListing,
    view: View,
    { isAccepted, remembered }: VerifyOptions,
  ): Promise<void> {
    if (found === undefined || found === view.configSha256) return;
    const { owner } = this;
    const cause = causeOf(view.listedKeys ?? view.objects.keys, objects.keys);
    const isKnown = cause === 'config_changed' || found === remembered.wholeConfig;
    if (isKnown && (await isAccepted(view.configSha256))) return;
    if (cause === 'config_changed')
      throw new SyncdError('diverged', this.otherConfig, hintOf(owner, cause));
    throw this.otherRepository();
  }

  /** Rejects if the last listing shows a different repository, which no further run completes. */
  requireNoOtherRepository(view: View): void {
    const { configSha256: found, objects } = this.listed ?? {};
    if (found === undefined || objects === undefined || found === view.configSha256) return;
    const cause = causeOf(view.listedKeys ?? view.objects.keys, objects.keys);
    if (cause !== 'config_changed') throw this.otherRepository();
  }

  private get otherConfig(): string {
    const { location, owner } = this;
    return `${location.label} has a different config from the source, so the script of ${owner.backend} does not run`;
  }

  private otherRepository(): OtherRepositoryError {
    const { owner } = this;
    const message = `${this.otherConfig}. Keys of the source are missing there`;
    return new OtherRepositoryError(
      'diverged',
      message,
      `check verify of backend ${owner.backend}, and where the script writes; 'restic copy' makes a separate repository, so leave verify out for it; ${hintOf(owner, 'different_repository')}`,
    );
  }

  private async listSnapshots(view: View, options: VerifyOptions): Promise<PlaceListing> {
    const { signal } = options;
    const how = { signal, care: 'names', like: view.objects } as const;
    const { objects } = await this.location.list('snapshots', how);
    const { listed } = this;
    return {
      configSha256: listed?.configSha256,
      objects: { ...(listed?.objects ?? NO_OBJECTS), snapshots: objects },
    };
  }

  /** A place that does not exist yet counts as empty: the script may create it. */
  private async listAll(
    view: View,
    options: CallOptions & { readonly care: Care },
  ): Promise<PlaceListing> {
    const { signal, care } = options;
    const how = { signal, care, like: view.objects };
    const { root } = await this.location.inspect({ signal });
    if (root === 'missing') return { objects: NO_OBJECTS, configSha256: undefined };
    const [{ objects, strays }, config] = await Promise.all([
      listObjects(this.location, how),
      this.location.read('config', { signal }),
    ]);
    this.strays = strays;
    return { configSha256: config && sha256(config), objects };
  }
}
