import type { Location } from '../../locations/location.ts';
import { UNKNOWN_CONTENTS } from '../../facts/contents.ts';
import { EMPTY_CATALOGUE, type Catalogue } from '../../repository/catalogue.ts';
import type { Held } from '../../repository/held.ts';
import { NO_OBJECTS, type Objects } from '../../repository/objects.ts';
import type { Backend, InspectionFacts, InspectOptions } from '../backend.ts';
import { NO_STRAYS, type Strays } from '../list-objects.ts';
import type { MarkerOwner } from '../marker.ts';
import { hasAcceptedConfig, type ScriptFiles } from './acceptance.ts';
import { Verification } from './verification.ts';

export interface ScriptBackendOptions {
  readonly owner: MarkerOwner;
  /** where the acceptance of a changed `config` is recorded */
  readonly files: ScriptFiles;
  /** where to check the result of the script; undefined: nothing is ever known about it */
  readonly verify: Location | undefined;
  /** whether its kind is a remote */
  readonly isRemote: boolean;
}

/**
 * The place that the operator's own program copies objects to. Its exit code is only a claim, which is checked at the place if
 * there is one.
 */
export class ScriptBackend implements Backend {
  readonly owner: MarkerOwner;
  /** undefined if it cannot be checked */
  readonly verification: Verification | undefined;
  private readonly files: ScriptFiles;
  private toldOf: Catalogue | undefined;

  constructor({ owner, files, verify, isRemote }: ScriptBackendOptions) {
    this.owner = owner;
    this.files = files;
    this.verification = verify && new Verification({ location: verify, isRemote, owner });
  }

  /** The snapshots that the program was given when it last succeeded; undefined if it never did. */
  get told(): Catalogue | undefined {
    return this.toldOf;
  }

  get isRemote(): boolean {
    return this.verification?.isRemote === true;
  }

  get objects(): Objects | undefined {
    return this.verification?.objects;
  }

  get visible(): Catalogue {
    return this.verification?.visible ?? EMPTY_CATALOGUE;
  }

  get lost(): Objects {
    return this.verification?.lost ?? NO_OBJECTS;
  }

  get lostUnnamed(): number {
    return this.verification?.lostUnnamed ?? 0;
  }

  get held(): Held | undefined {
    return this.verification?.held;
  }

  get readable(): Location | undefined {
    return this.verification?.location;
  }

  get strays(): Strays {
    return this.verification?.strays ?? NO_STRAYS;
  }

  get isDamaged(): boolean {
    return this.verification?.isDamaged === true;
  }

  get baselineAt(): number | undefined {
    return this.verification?.baselineAt;
  }

  async inspect(options: InspectOptions): Promise<InspectionFacts> {
    const { view, now, remembered } = options;
    const { verification } = this;
    const markerId =
      verification === undefined ? 'script' : `verify ${verification.location.label}`;
    const isKnown = remembered.place.markerId === markerId;
    const isNew = remembered.place.markerId === undefined;
    const setUpAt = isKnown ? remembered.place.since : isNew ? remembered.configuredAt : now;
    const place = { markerId, since: setUpAt ?? now };
    const known = isKnown ? remembered.contents : UNKNOWN_CONTENTS;
    this.toldOf = known.told;
    if (verification === undefined || view === undefined) return { place };
    const isAccepted = (configSha256: string) => this.accepts(configSha256);
    const look = { ...options, remembered: known, isAccepted };
    const { isFull, isWhole } = await verification.inspect(view, look);
    return {
      place: { ...place, lastContact: now, ...(isFull && { lastListing: now }) },
      ...(isWhole && { wholeConfig: view.configSha256 }),
    };
  }

  async accepts(configSha256: string): Promise<boolean> {
    return hasAcceptedConfig(this.files, configSha256);
  }

  /** Records the snapshots that the program was given. */
  noteTold(snapshots: Catalogue): void {
    this.toldOf = snapshots;
  }
}
