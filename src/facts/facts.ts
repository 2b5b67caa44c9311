import type { Attempts } from './attempts.ts';
import type { Contents } from './contents.ts';
import type { Doing } from './fields.ts';
import type { History } from './history.ts';
import type { Place } from './place.ts';
import type { Progress } from './progress.ts';
import type { SourceContents } from './source-contents.ts';
import type { SourceGuard } from './source-guard.ts';
import type { SourceHealth } from './source-health.ts';
import type { SourceMemory } from './source-memory.ts';

/**
 * What is known of a client, in chapters: changed by its loops, kept across restarts, and turned into the report by
 * `deriveReport`. Each chapter has one schema, one initial value and one writer. Immutable values; times are milliseconds
 * since the epoch; what is not known is undefined.
 */
export interface ClientFacts {
  readonly client: string;
  readonly history: History;
  readonly source: SourceFacts;
  readonly backends: ReadonlyMap<string, BackendFacts>;
}

export interface SourceFacts {
  readonly health: SourceHealth;
  readonly contents: SourceContents;
  readonly memory: SourceMemory;
  readonly guard: SourceGuard;
  /** how far a look is, while it takes long */
  readonly progress: { readonly doing?: Doing | undefined };
}

/** What is known of one disk of a backend: this is forgotten together. */
export interface DiskFacts {
  readonly place: Place;
  readonly contents: Contents;
}

export interface BackendFacts extends DiskFacts {
  /** when it was first seen in the configuration */
  readonly configuredAt: number;
  readonly attempts: Attempts;
  readonly progress: Progress;
  /** disks of this backend that are not there now, by the ids of their markers */
  readonly disks: ReadonlyMap<string, DiskFacts>;
}
