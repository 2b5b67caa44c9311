import { NO_ATTEMPTS, NO_SOURCE_ATTEMPTS } from './attempts.ts';
import { NO_AUDIT } from './audit.ts';
import { UNKNOWN_CONTENTS } from './contents.ts';
import type { BackendFacts, ClientFacts, DiskFacts } from './facts.ts';
import { newHistory } from './history.ts';
import { NO_INTERVENTIONS } from './interventions.ts';
import { NO_PAUSES } from './pauses.ts';
import { UNKNOWN_PLACE } from './place.ts';
import { NO_PROGRESS } from './progress.ts';
import { NO_RESTORES } from './restores.ts';
import { UNKNOWN_SOURCE } from './source-contents.ts';
import { NO_GROUPS } from './source-groups.ts';
import { NO_GUARD } from './source-guard.ts';
import { UNKNOWN_HEALTH } from './source-health.ts';
import { NO_MEMORY } from './source-memory.ts';

/** The initial facts about a place. */
export const UNKNOWN_DISK: DiskFacts = {
  place: UNKNOWN_PLACE,
  contents: UNKNOWN_CONTENTS,
  audit: NO_AUDIT,
  restores: NO_RESTORES,
};

/** The facts about a new client at `now` (milliseconds since the epoch). */
export function initialFacts(
  client: string,
  backends: readonly string[],
  now: number,
): ClientFacts {
  return {
    client,
    history: newHistory(now),
    pauses: NO_PAUSES,
    interventions: NO_INTERVENTIONS,
    source: {
      health: UNKNOWN_HEALTH,
      contents: UNKNOWN_SOURCE,
      memory: NO_MEMORY,
      guard: NO_GUARD,
      progress: {},
      attempts: NO_SOURCE_ATTEMPTS,
      audit: NO_AUDIT,
      groups: NO_GROUPS,
      restores: NO_RESTORES,
    },
    backends: new Map(backends.map((name) => [name, initialBackend(now)])),
  };
}

export function initialBackend(now: number): BackendFacts {
  return {
    ...UNKNOWN_DISK,
    configuredAt: now,
    attempts: NO_ATTEMPTS,
    progress: NO_PROGRESS,
    disks: new Map(),
  };
}

/** Facts for exactly the backends that are configured now: new ones are added, removed ones forgotten. */
export function withBackends(
  facts: ClientFacts,
  backends: readonly string[],
  now: number,
): ClientFacts {
  const kept = backends.map(
    (name) => [name, facts.backends.get(name) ?? initialBackend(now)] as const,
  );
  return { ...facts, backends: new Map(kept) };
}
