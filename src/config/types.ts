/** The configuration in its final form: units parsed, defaults merged, templates filled in. */

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface DirectorySourceConfig {
  readonly kind: 'directory';
  readonly directory: string;
  readonly pollMs: number;
  readonly watch: boolean;
}

export interface Expectations {
  /** null: no snapshot is ever due (`snapshotEvery: off`) */
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
  /** places a snapshot should be in, the source counting as one */
  readonly copies: number;
  readonly copiesWithinMs: number;
}

export interface DirectoryBackendConfig {
  readonly kind: 'directory';
  readonly name: string;
  readonly directory: string;
  readonly maxLagMs: number;
  readonly minFreeBytes: number;
}

export interface ClientConfig {
  readonly name: string;
  /** the file this client is configured in */
  readonly file: string;
  readonly source: DirectorySourceConfig;
  readonly expect: Expectations;
  /** only for `run CLIENT` */
  readonly listen?: Listen;
  readonly backends: readonly DirectoryBackendConfig[];
}

export interface Config {
  readonly directory: string;
  readonly listen: Listen;
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  readonly clients: readonly ClientConfig[];
}

/** One problem of a configuration file, with its place and what would be right. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** dotted path of the key, empty for the whole file */
  readonly key: string;
  readonly message: string;
}
