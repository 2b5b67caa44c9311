import * as z from 'zod/mini';
import { Attempts, SourceAttempts } from '../facts/attempts.ts';
import { Audit } from '../facts/audit.ts';
import { StoredContents } from '../facts/contents.ts';
import { time } from '../facts/fields.ts';
import { StoredHistory } from '../facts/history.ts';
import { Interventions } from '../facts/interventions.ts';
import { Pauses } from '../facts/pauses.ts';
import { Place } from '../facts/place.ts';
import { Progress } from '../facts/progress.ts';
import { Restores } from '../facts/restores.ts';
import { SourceContents } from '../facts/source-contents.ts';
import { SourceGroups } from '../facts/source-groups.ts';
import { SourceGuard } from '../facts/source-guard.ts';
import { SourceHealth } from '../facts/source-health.ts';
import { SourceMemory } from '../facts/source-memory.ts';

/**
 * The state file: one JSON file per client, no per-object database (I8). All chapters share one object, and each takes its own
 * keys. Times are milliseconds since the epoch.
 */

/** Raise it with every change after which an earlier version could misread the file, and keep reading the earlier ones. */
export const STATE_VERSION = 1;

/** Several chapters in one object: each finds its own keys. */
function sideBySide<T extends Readonly<Record<string, z.ZodMiniType>>>(chapters: T) {
  const apart = z.object(chapters);
  return z.codec(z.record(z.string(), z.unknown()), apart, {
    decode: (stored) =>
      Object.fromEntries(Object.keys(chapters).map((name) => [name, stored])) as z.input<
        typeof apart
      >,
    encode: (parts) => Object.assign({}, ...Object.values(parts)) as Record<string, unknown>,
  });
}

const source = sideBySide({
  health: SourceHealth,
  contents: SourceContents,
  memory: SourceMemory,
  guard: SourceGuard,
  attempts: SourceAttempts,
  audit: Audit,
  groups: SourceGroups,
  restores: Restores,
  /** false: no valid view was ever taken */
  known: z.object({ isKnown: z.boolean() }),
});

const disk = { place: Place, contents: StoredContents, audit: Audit, restores: Restores };

const backend = sideBySide({
  ...disk,
  attempts: Attempts,
  progress: Progress,
  known: z.object({
    configuredAt: time,
    /** disks that are away, by marker id */
    disks: z.optional(z.record(z.string(), sideBySide(disk))),
  }),
});

export const ClientState = sideBySide({
  file: z.object({
    schemaVersion: z.literal(STATE_VERSION),
    client: z.string(),
    writtenAt: time,
    /** the version of this program; absent in files of early ones */
    writtenBy: z.optional(z.string()),
  }),
  history: StoredHistory,
  pauses: Pauses,
  interventions: Interventions,
  places: z.object({ source, backends: z.record(z.string(), backend) }),
});
/** The content of a state file, in chapters. */
export type ClientState = z.output<typeof ClientState>;
/** The stored form of a state file. */
export type StoredState = z.input<typeof ClientState>;
