import type { CallOptions, Location, Space } from '../locations/location.ts';
import {
  areSame,
  countObjects,
  NO_OBJECTS,
  objectsMinus,
  objectsPlus,
  type Objects,
} from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { planSync, type Present } from '../replication/plan.ts';
import { sha256 } from '../replication/take-view.ts';
import { SyncdError } from '../runtime/errors.ts';
import { findLosses, type LossContext } from './losses.ts';
import { requireMarker, writeMarker, type Marker, type MarkerOwner } from './marker.ts';

export interface RawBackendOptions {
  readonly location: Location;
  readonly owner: MarkerOwner;
}

export interface LookOptions extends CallOptions {
  /** undefined while the source has no valid view: then nothing is listed */
  readonly view: View | undefined;
  /** of the source's `config` as it was last read, with a valid view or without; undefined when it never was */
  readonly configSha256: string | undefined;
  readonly source: Location;
  /** milliseconds since the epoch */
  readonly now: number;
  /** a full listing, trusting nothing that is remembered */
  readonly full: boolean;
  readonly sizes: boolean;
  readonly remembered: Remembered;
}

/** What is known from before this process started, of the place with this marker. */
export interface Remembered {
  readonly markerId?: string | undefined;
  /** when the view was taken that was last whole there, milliseconds since the epoch */
  readonly wholeAt?: number | undefined;
  readonly lost: Objects;
}

export interface Look {
  readonly marker: Marker;
  readonly space: Space | undefined;
}

/**
 * A backend that holds the same objects as the source, over any location. It knows what is there from a listing and what
 * it has sent since; a restart forgets it, and one listing brings it back (I8).
 */
export class RawBackend {
  readonly location: Location;
  readonly owner: MarkerOwner;
  private marker: Marker | undefined;
  private present: Present | undefined;
  private losses: Objects = NO_OBJECTS;

  constructor({ location, owner }: RawBackendOptions) {
    this.location = location;
    this.owner = owner;
  }

  /** What is known to be there; undefined before the first listing. */
  get objects(): Objects | undefined {
    return this.present?.objects;
  }

  /** What was there and is not any more. */
  get lost(): Objects {
    return this.losses;
  }

  get isDamaged(): boolean {
    const { present, baselineAt } = this;
    const hasLostConfig = present !== undefined && present.configSha256 === undefined;
    return (hasLostConfig && baselineAt !== undefined) || countObjects(this.losses) > 0;
  }

  get baselineAt(): number | undefined {
    const at = this.marker?.baselineAt ?? undefined;
    return at === undefined ? undefined : Date.parse(at);
  }

  /**
   * The probe: the marker, the same repository (I4), what is there, and what was lost.
   * Rejects with not_initialised, diverged, or what the location says.
   */
  async look(options: LookOptions): Promise<Look> {
    const { view, remembered } = options;
    let questions = this.ask(options);
    const marker = await questions.marker();
    if (isAnotherPlace(marker, this.marker)) {
      this.forget();
      questions = this.ask(options); // without what was remembered
    }
    this.marker = marker;
    const isLight = this.mayLookLightly(options);
    const space = isLight ? undefined : await questions.space();
    const found = isLight ? this.present?.configSha256 : await questions.config();
    const configSha256 = this.sameRepository(marker, found, options);
    if (view === undefined) return { marker, space };
    const listed = await questions.listed();
    const before = this.present?.objects;
    if (before !== undefined && areSame(before, listed)) {
      this.present = { configSha256, objects: before };
      return { marker, space };
    }
    const isKnown = remembered.markerId === marker.id;
    await this.noteLosses(listed, { ...options, view, ...(isKnown ? remembered : NEW_PLACE) });
    this.present = { configSha256, objects: listed };
    return { marker, space };
  }

  /**
   * Lists what is there ahead of the first look, while the source is still being looked at; what is wrong with the place
   * is left to the look to find.
   */
  async prepare(options: CallOptions & { readonly sizes: boolean }): Promise<void> {
    if (this.present !== undefined || this.location.isRemote === true) return;
    try {
      await requireMarker(this.location, this.owner, options);
      await this.listAll({ ...options, view: undefined }, false);
    } catch {
      // found again, and told, by the look
    }
  }

  /** What is to be sent for a view; to be asked after a look. */
  plan(view: View): ReturnType<typeof planSync> {
    return planSync(view, this.requirePresent());
  }

  /** Remembers what was proven to be there. */
  addPlaced(placed: Objects): void {
    const present = this.requirePresent();
    this.present = { ...present, objects: objectsPlus(present.objects, placed) };
    this.losses = objectsMinus(this.losses, placed);
  }

  /** Remembers that `config` was sent. */
  addConfig(configSha256: string): void {
    this.present = { ...this.requirePresent(), configSha256 };
  }

  /** After a whole sync: proves by a full listing that nothing of the view is missing, once, and marks it so. */
  async reachBaseline(view: View, options: CallOptions & { now: number }): Promise<void> {
    const marker = this.marker;
    if (marker?.baselineAt !== null) return;
    if (view.objects.snapshots.count === 0) return;
    const objects = await this.listAll({ ...options, view, sizes: true }, true);
    const missing = countObjects(objectsMinus(view.objects, objects));
    if (missing > 0) {
      throw new SyncdError(
        'verify',
        `a full listing of ${this.location.label} lacks ${missing} objects that were sent`,
        { hint: 'they are sent again; if this lasts, something else deletes files there' },
      );
    }
    const { configSha256 } = view;
    this.present = { configSha256, objects };
    this.marker = { ...marker, configSha256, baselineAt: new Date(options.now).toISOString() };
    await writeMarker(this.location, this.marker, options);
  }

  /**
   * The questions of a look, to be judged one after the other. A place on a file system answers all of them together,
   * so they are asked at once; a remote is asked only for what is wanted. What is there is listed ahead only where the
   * marker was in order before, at a remote only `snapshots/`: there it is the beginning that takes long, not the request.
   */
  private ask(options: LookOptions): Questions {
    const questions: Questions = {
      marker: () => requireMarker(this.location, this.owner, options),
      space: () => this.location.space(options),
      config: () => this.readConfig(options),
      listed: () => this.listAll(options, options.full),
    };
    const { view } = options;
    if (this.location.isRemote === true) {
      if (view === undefined || !this.mayLookLightly(options)) return questions;
      return { ...questions, listed: asked(() => this.listSnapshots(view, options)) };
    }
    const mayList = view !== undefined && this.marker !== undefined;
    return {
      marker: asked(questions.marker),
      space: asked(questions.space),
      config: asked(questions.config),
      listed: mayList ? asked(questions.listed) : questions.listed,
    };
  }

  /** Of a remote most is remembered from the last listing: every question costs a request. */
  private mayLookLightly({ full }: LookOptions): boolean {
    return this.location.isRemote === true && !full && this.present !== undefined;
  }

  private sameRepository(
    marker: Marker,
    found: string | undefined,
    { configSha256 }: LookOptions,
  ): string | undefined {
    if (configSha256 === undefined) return found;
    const isOther = found !== undefined && found !== configSha256;
    const wasOther = marker.configSha256 !== null && marker.configSha256 !== configSha256;
    if (!isOther && !wasOther) return found;
    const { client, backend } = this.owner;
    throw new SyncdError(
      'diverged',
      `${this.location.label} holds another repository than the source, or the source's config has changed`,
      {
        hint: `if that was 'restic migrate', run: backup-syncd backend accept-config ${client} ${backend}; if the repository was made anew, give it a new place`,
      },
    );
  }

  private async readConfig(options: CallOptions): Promise<string | undefined> {
    const content = await this.location.read('config', options);
    return content === undefined ? undefined : sha256(content);
  }

  /** The rest is remembered from the last listing, and from what was sent and proven since. */
  private async listSnapshots(view: View, { sizes, signal }: LookOptions): Promise<Objects> {
    const how = { signal, sizes, incremental: true, like: view.objects };
    const { objects } = await this.location.list('snapshots', how);
    return { ...this.requirePresent().objects, snapshots: objects };
  }

  private async listAll(
    options: Pick<LookOptions, 'view' | 'sizes' | 'signal'>,
    full: boolean,
  ): Promise<Objects> {
    const { view, sizes, signal } = options;
    const like = view === undefined ? {} : { like: view.objects };
    const listing = { signal, sizes, incremental: !full, ...like };
    const [keys, data, index, snapshots] = await Promise.all([
      this.location.list('keys', listing),
      this.location.list('data', listing),
      this.location.list('index', listing),
      this.location.list('snapshots', listing),
    ]);
    return {
      keys: keys.objects,
      data: data.objects,
      index: index.objects,
      snapshots: snapshots.objects,
    };
  }

  private async noteLosses(listed: Objects, options: LossContext): Promise<void> {
    const found = await findLosses({
      ...options,
      hasBaseline: this.baselineAt !== undefined,
      before: this.present?.objects,
      listed,
    });
    const all = objectsPlus(this.losses, found);
    this.losses = { ...objectsMinus(all, listed), snapshots: NO_OBJECTS.snapshots };
  }

  private requirePresent(): Present {
    if (this.present === undefined) throw new Error(`${this.location.label} was not looked at yet`);
    return this.present;
  }

  private forget(): void {
    this.present = undefined;
    this.losses = NO_OBJECTS;
  }
}

interface Questions {
  readonly marker: () => Promise<Marker>;
  readonly space: () => Promise<Space | undefined>;
  /** SHA-256 of `config` there; undefined when there is none */
  readonly config: () => Promise<string | undefined>;
  readonly listed: () => Promise<Objects>;
}

/** Asks now, for an answer that is judged later, or not at all. */
function asked<T>(question: () => Promise<T>): () => Promise<T> {
  const answer = question();
  answer.catch(() => undefined);
  return () => answer;
}

const NEW_PLACE = { wholeAt: undefined, lost: NO_OBJECTS };

/** Another disk, or the same one adopted anew: what was known of it does not hold. */
function isAnotherPlace(marker: Marker, before: Marker | undefined): boolean {
  return before !== undefined && (marker.id !== before.id || marker.since !== before.since);
}
