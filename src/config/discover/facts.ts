/** The facts about the directories that a glob names: plain data. */
export interface DiscoveryFacts {
  readonly found: readonly FoundDirectory[];
  /** there are more directories than were checked */
  readonly isCut?: boolean;
  /** why the directories could not be checked, and what to do */
  readonly fault?: string;
  /** paths that lead somewhere else through links, with the real one: the root of the glob, and sources that have a file */
  readonly realPaths: readonly (readonly [path: string, real: string])[];
  /** clients that were discovered before */
  readonly remembered: readonly Discovered[];
}

export interface FoundDirectory {
  readonly directory: string;
  /** `denied`: it is unknown what is in there */
  readonly is: 'repository' | 'link' | 'denied';
  /** of a repository: when its `config` was last changed, in milliseconds since the epoch */
  readonly changedAt?: number;
  /** of a link: the directory that it leads to */
  readonly target?: string;
}

/** A client that comes from a directory, not from a file. */
export interface Discovered {
  readonly name: string;
  /** its source */
  readonly directory: string;
}
