import type { Catalogue } from './catalogue.ts';

/** What one directory of a repository held when it was listed. */
export interface DirectoryListing {
  /** identity and time of change of the directory, taken before it was read; null when it was not there */
  readonly stamp: string | null;
  readonly objects: Catalogue;
  /** temporary and foreign files that were passed over */
  readonly ignored: number;
  readonly refused: readonly string[];
}

/** By the path below the root. */
export type DirectoryListings = ReadonlyMap<string, DirectoryListing>;
