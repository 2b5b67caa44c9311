import type { PlaceConfig } from '../kinds/place-config.ts';
import type { BackendOpening } from '../kinds/opening.ts';
import type { DirectoryWatch } from '../locations/directory/watch-directory.ts';
import type { Location, Role } from '../locations/location.ts';
import type { Log } from '../log/log.ts';

/** Opens a configured place. */
export type OpenLocation = (place: {
  readonly config: PlaceConfig;
  readonly role: Role;
  readonly log: Log;
}) => Location;

/** Opens a configured backend. */
export type OpenBackend = BackendOpening['open'];

/** Calls `onChange` when a snapshot comes or goes, with its name where that is known. */
export type WatchSource = (directory: string, onChange: (name?: string) => void) => DirectoryWatch;
