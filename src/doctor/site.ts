import type { Config, ConfigProblem } from '../config/types.ts';
import type { PlaceTraits } from '../kinds/kind.ts';
import type { Location } from '../locations/location.ts';
import type { ClientReport } from '../report/types.ts';
import type { MarkerOwner } from '../backends/marker.ts';

/** A place of a client that can be inspected. */
export interface Place {
  readonly client: string;
  /** the name of the backend, or `source` */
  readonly place: string;
  readonly role: 'source' | 'backend' | 'verified';
  readonly traits: PlaceTraits;
  /** 0 where backup-syncd does not write */
  readonly minFreeBytes: number;
  /** whose marker should be there; absent where there should be none */
  readonly owner?: MarkerOwner;
  /** it was complete before, as far as is remembered */
  readonly wasComplete: boolean;
  /** a disk that takes turns, or is away at times */
  readonly mayBeAway?: true;
  readonly open: () => Location;
}

/** A client, and who runs it. */
export interface Unit {
  readonly client: string;
  readonly daemon: 'runs' | 'absent' | 'silent';
  /** why it does not answer */
  readonly why?: string;
  /** absent when nothing is known */
  readonly report?: ClientReport;
}

export interface OwnDirectory {
  /** for people: `the state directory` */
  readonly what: string;
  readonly directory: string;
}

/** The set-up that is examined. Nothing in it was changed, and checks change nothing either. */
export interface Site {
  /** absent when backup-syncd.yaml cannot be used */
  readonly config?: Config;
  /** of the configuration and of the places that it names */
  readonly problems: readonly ConfigProblem[];
  /** places that respond: a directory that exists and may be used, or a remote */
  readonly places: readonly Place[];
  readonly units: readonly Unit[];
  readonly stateDirectory: string;
  /** own directories that exist and respond */
  readonly ownDirectories: readonly OwnDirectory[];
  /** the user by whose permissions all this is judged */
  readonly user: JudgedUser;
  /** ends in a slash */
  readonly prometheus?: URL;
  readonly now: number;
}

export interface JudgedUser {
  readonly uid: number;
  /** `user backup (uid 998)` */
  readonly words: string;
  /** false: the permissions of the daemon's user cannot be judged by this one */
  readonly isDaemon: boolean;
}
