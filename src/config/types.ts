import type { Command } from '../work/script/run-program.ts';
import type { PlaceConfig } from '../kinds/place-config.ts';
import type { PasswordSource } from '../restic/password.ts';
import type { Unused } from './discover/choose.ts';
import type { Glob } from './discover/glob.ts';
import type { RestoreCheckSettings } from '../work/restore-check/settings.ts';
import type { Limits } from '../work/transfers/schedule.ts';

/** The configuration in its final form: units parsed, defaults merged, templates filled in. */

export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Only the kind reads what it has made of the place. */
export interface SourceConfig extends PlaceConfig {
  readonly pollMs: number;
  /** absent: nothing can be decrypted */
  readonly password?: PasswordSource;
}

export interface Expectations {
  /** null: no snapshot is ever due (`snapshotEvery: off`) */
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
  /** the number of places that a snapshot should be in, including the source */
  readonly copies: number;
  readonly copiesWithinMs: number;
  /** hosts and paths that each need a recent snapshot, without duplicates; absent: none are expected */
  readonly groups?: readonly ExpectedGroup[];
}

/** Snapshots of one host, of one path, or both. */
export interface ExpectedGroup {
  /** absent: of any host */
  readonly host?: string;
  /** absent: of any path */
  readonly path?: string;
  /** null: no snapshot is ever due */
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
}

/** The expectations of a backend of any kind. */
export interface BackendExpectations {
  readonly name: string;
  readonly maxLagMs: number;
  /** its copies count while the last contact is younger than this */
  readonly seenWithinMs: number;
  /** how long it may be away; absent: it should always be there */
  readonly offlineMs?: number;
  readonly around?: AroundConfig;
}

/** Programs that mount, wake and release a backend, around a pass. */
export interface AroundConfig {
  readonly before?: Command;
  readonly after?: Command;
  /** of each */
  readonly deadlineMs: number;
}

/** Only the kind reads what it has made of the place. */
export interface BackendConfig extends BackendExpectations, PlaceConfig {
  /** 0 where a program of the operator's writes: nothing is known of the place */
  readonly minFreeBytes: number;
}

/** How all places of a client are audited. */
export interface AuditConfig {
  readonly everyMs: number;
}

export interface ClientConfig {
  readonly name: string;
  /** the file this client is configured in, relative to the configuration directory; of a discovered one, the repository */
  readonly file: string;
  /** it has no file: its repository was found */
  readonly isDiscovered?: true;
  /** names that it had before, which markers may still have */
  readonly formerly?: readonly string[];
  readonly source: SourceConfig;
  readonly expect: Expectations;
  readonly audit: AuditConfig;
  /** absent: no password is given, so nothing can be restored */
  readonly restoreCheck?: RestoreCheckSettings;
  /** only for `run CLIENT` */
  readonly listen?: Listen;
  readonly backends: readonly BackendConfig[];
}

/** A client with `enabled: false`: nothing is done for it. */
export interface DisabledClient {
  readonly name: string;
  /** relative to the configuration directory */
  readonly file: string;
  readonly reason?: string;
  /** milliseconds since the epoch */
  readonly since?: number;
  readonly by?: string;
  /** only for `run CLIENT` */
  readonly listen?: Listen;
}

/** The URL to fetch while all is well. */
export interface HeartbeatConfig {
  readonly urlFile: string;
  readonly everyMs: number;
}

/** Which repositories become clients without a file. */
export interface DiscoverConfig {
  readonly glob: Glob;
  readonly initialise: boolean;
  readonly max: number;
}

/** The repositories that were found and are no clients, as in the report. */
export interface Discovery {
  readonly glob: string;
  readonly unconfigured?: number;
  readonly unused: readonly Unused[];
  readonly isCut?: true;
  readonly fault?: string;
}

export interface Config {
  readonly directory: string;
  readonly listen: Listen;
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  /** in lower case; absent: see http/host-check.ts */
  readonly allowedHosts?: readonly string[];
  readonly heartbeat?: HeartbeatConfig;
  /** absent: the program's defaults */
  readonly limits?: Limits;
  readonly discover?: DiscoverConfig;
  /** absent before the first search, and where `discover` is not set */
  readonly discovery?: Discovery;
  /** those that are enabled and valid */
  readonly clients: readonly ClientConfig[];
  readonly disabled: readonly DisabledClient[];
}

/** One problem of a configuration file, with its position and the fix. */
export interface ConfigProblem {
  /** relative to the configuration directory */
  readonly file: string;
  /** from 1; 0 when it is about the whole file */
  readonly line: number;
  readonly column: number;
  /** dotted path of the key, empty for the whole file */
  readonly key: string;
  readonly message: string;
  /** default: error */
  readonly severity?: 'error' | 'warning';
}

/** A problem with a value of a client, by its key. */
export interface ClientFault extends Pick<ConfigProblem, 'message' | 'severity'> {
  readonly client: ClientConfig;
  readonly key: readonly (string | number)[];
}

/** A problem with a value of backup-syncd.yaml. */
export interface DaemonFault extends Pick<ConfigProblem, 'message' | 'severity'> {
  /** alternatives: the first one that is in the file */
  readonly keys: readonly string[];
}

export type Fault = ClientFault | DaemonFault;

/** The positions of the values of a configuration. Separate from it, so that the configuration stays plain data. */
export interface Origins {
  /** The problem at the position of the value; without a line if the value was never in a file. */
  readonly locate: (fault: Fault) => ConfigProblem;
}

/** A valid configuration, and the positions of its values. */
export interface WithOrigins {
  readonly config: Config;
  readonly origins: Origins;
}

/** The content of a configuration directory: the valid clients, and every problem of the others. */
export interface LoadResult {
  /** where a daemon that still runs with an older configuration may be, as far as backup-syncd.yaml can be read */
  readonly directories: Pick<Config, 'stateDirectory' | 'runtimeDirectory'>;
  /** the positions of the values of `config` */
  readonly origins: Origins;
  /** the directory exists, but contains no configuration */
  readonly isEmpty?: true;
  /** absent when `problems` is not empty; contains only the valid clients */
  readonly config?: Config;
  /** of backup-syncd.yaml and of the directory itself: nothing can start, a reload is refused */
  readonly problems: readonly ConfigProblem[];
  /** the directories of the sources of all clients that have a file, also of those that do not run */
  readonly sources: readonly string[];
  /** by client: that client is refused, the others are not affected */
  readonly clientProblems: ReadonlyMap<string, readonly ConfigProblem[]>;
  /** likely mistakes that do not prevent anything from running */
  readonly warnings?: readonly ConfigProblem[];
}

/** A configuration file as read, its path relative to the configuration directory, with `/`. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  /** why it could not be read; the text is empty then */
  readonly fault?: string;
}
