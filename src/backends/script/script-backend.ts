import type { Location } from '../../locations/location.ts';
import { UNKNOWN_CONTENTS } from '../../facts/contents.ts';
import { EMPTY_CATALOGUE, type Catalogue } from '../../repository/catalogue.ts';
import { NO_OBJECTS } from '../../repository/objects.ts';
import type { Backend, InspectionFacts, InspectOptions, KnownContent } from '../backend.ts';
import { NO_STRAYS } from '../list-objects.ts';
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

const NOTHING: KnownContent = {
  objects: undefined,
  visible: EMPTY_CATALOGUE,
  lost: NO_OBJECTS,
  lostUnnamed: 0,
  held: undefined,
  strays: NO_STRAYS,
  isDamaged: false,
  baselineAt: undefined,
};

/**
 * The place that the operator's own program copies objects to. Its exit code is only a claim, which is checked at the place if
 * there is one.
 */
export class ScriptBackend implements Backend {
  readonly owner: MarkerOwner;
  /** undefined if it cannot be checked */
  readonly verification: Verification | undefined;
  readonly known: KnownContent;
  private readonly files: ScriptFiles;
  /** the snapshots that the program was given when it last succeeded; undefined if it never did */
  told: Catalogue | undefined;

  constructor({ owner, files, verify, isRemote }: ScriptBackendOptions) {
    this.owner = owner;
    this.files = files;
    this.verification = verify && new Verification({ location: verify, isRemote, owner });
    this.known = this.verification ?? NOTHING;
  }

  get isRemote(): boolean {
    return this.verification?.isRemote === true;
  }

  get readable(): Location | undefined {
    return this.verification?.location;
  }

  async inspect(options: InspectOptions): Promise<InspectionFacts> {
    const { view, now, remembered } = options;
    const { verification } = this;
    const markerId =
      verification === undefined ? 'script' : `verify ${verification.location.label}`;
    const isKnown = remembered.place.markerId === markerId;
    const place = { markerId, since: setUpAt(remembered, markerId) ?? now };
    const known = isKnown ? remembered.contents : UNKNOWN_CONTENTS;
    this.told = known.told;
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
}

/** When a place was set up, as far as it is known: a script that was just configured was set up then. */
function setUpAt(
  { place, configuredAt }: InspectOptions['remembered'],
  markerId: string,
): number | undefined {
  if (place.markerId === undefined) return configuredAt;
  return place.markerId === markerId ? place.since : undefined;
}
