import type { Attempts, SourceAttempts } from './attempts.ts';
import type { Audit } from './audit.ts';
import type { Contents } from './contents.ts';
import type { Doing } from './fields.ts';
import type { History } from './history.ts';
import type { Interventions } from './interventions.ts';
import type { Pauses } from './pauses.ts';
import type { Place } from './place.ts';
import type { Restores } from './restores.ts';
import type { Progress } from './progress.ts';
import type { SourceContents } from './source-contents.ts';
import type { SourceGroups } from './source-groups.ts';
import type { SourceGuard } from './source-guard.ts';
import type { SourceHealth } from './source-health.ts';
import type { SourceMemory } from './source-memory.ts';

/**
 * The facts about a client, in chapters. Its loops change them, they survive restarts, and `deriveReport` turns them into the
 * report. Each chapter has one schema, one initial value and one writer. Values are immutable; times are milliseconds since the
 * epoch; unknown values are undefined.
 */
export interface ClientFacts {
  readonly client: string;
  readonly history: History;
  readonly pauses: Pauses;
  readonly interventions: Interventions;
  readonly source: SourceFacts;
  readonly backends: ReadonlyMap<string, BackendFacts>;
}

export interface SourceFacts {
  readonly health: SourceHealth;
  readonly contents: SourceContents;
  readonly memory: SourceMemory;
  readonly guard: SourceGuard;
  readonly attempts: SourceAttempts;
  readonly audit: Audit;
  readonly groups: SourceGroups;
  readonly restores: Restores;
  /** the running check, while it takes long */
  readonly progress: { readonly doing?: Doing | undefined };
}

/** The facts about one disk of a backend, which are forgotten together. */
export interface DiskFacts {
  readonly place: Place;
  readonly contents: Contents;
  readonly audit: Audit;
  readonly restores: Restores;
}

export interface BackendFacts extends DiskFacts {
  /** when it was first seen in the configuration */
  readonly configuredAt: number;
  readonly attempts: Attempts;
  readonly progress: Progress;
  /** disks of this backend that are away, by the ids of their markers */
  readonly disks: ReadonlyMap<string, DiskFacts>;
}
