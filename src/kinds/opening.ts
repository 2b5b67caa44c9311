import type { Backend } from '../backends/backend.ts';
import type { MarkerOwner } from '../backends/marker.ts';
import type { ScriptFiles } from '../backends/script/acceptance.ts';
import type { FilePool } from '../locations/directory/io/file-pool.ts';
import type { CallOptions, Location, Role } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { Sender } from '../work/sender.ts';
import type { PlaceConfig } from './place-config.ts';

/** Opens places of one kind. */
export interface PlaceOpening {
  readonly open: (config: PlaceConfig, how: OpenPlace) => Location;
  /** Creates an empty place if there is none, and returns whether it had to. Only `backend init` uses it. */
  readonly make: (config: PlaceConfig, how: MakePlace) => Promise<boolean>;
}

/** The tools for opening places. */
export interface Tools {
  /** threads that work with files */
  readonly pool: FilePool;
  readonly env: NodeJS.ProcessEnv;
  /** milliseconds; for tests */
  readonly silenceMs?: number;
}

export interface OpenPlace extends Tools {
  readonly role: Role;
  readonly log: Log;
}

export interface MakePlace extends CallOptions, OpenPlace {
  /** the daemon's user, who owns what root creates */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Opens backends of one kind. */
export interface BackendOpening {
  readonly open: (config: PlaceConfig, how: OpenBackend) => OpenedBackend;
}

export interface OpenBackend {
  readonly owner: MarkerOwner;
  readonly log: Log;
  readonly scripts: ScriptSurroundings;
  /** its objects are at a remote */
  readonly isRemote: boolean;
  /** opens a place that belongs to it */
  readonly openLocation: (config: PlaceConfig, role: Role) => Location;
}

/** The surroundings of scripts. */
export interface ScriptSurroundings extends Pick<ScriptFiles, 'files'> {
  /** where their lists are written, each in a directory of its own */
  readonly runtimeDirectory: string;
  /** of this process; they get an allow-listed part of it */
  readonly env: NodeJS.ProcessEnv;
}

/** An opened backend: its known content, and the sender of views. */
export interface OpenedBackend {
  readonly backend: Backend;
  readonly sender: Sender;
}
