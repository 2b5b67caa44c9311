import { NO_OBJECTS } from '../repository/objects.ts';
import { NO_CLAIMS, SnapshotTimes } from '../repository/snapshot-times.ts';
import type { BackendFacts, ClientFacts } from './facts.ts';

/** Of a client that is seen for the first time, at `now` (milliseconds since the epoch). */
export function initialFacts(
  client: string,
  backends: readonly string[],
  now: number,
): ClientFacts {
  return {
    client,
    setUpAt: now,
    source: { state: 'unknown', scans: 0, scanFailures: 0, refused: [] },
    backends: new Map(backends.map((name) => [name, initialBackend(now)])),
    times: new SnapshotTimes(),
    claims: NO_CLAIMS,
    lostUnreplicated: 0,
  };
}

export function initialBackend(now: number): BackendFacts {
  return {
    state: 'unknown',
    configuredAt: now,
    failures: 0,
    lost: NO_OBJECTS,
    corrupt: [],
    counters: { syncs: 0, failures: {}, replans: 0, transferredObjects: 0, transferredBytes: 0 },
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
