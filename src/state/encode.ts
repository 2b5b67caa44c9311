import * as z from 'zod/mini';
import { recallContents, storeContents } from '../facts/contents.ts';
import type { BackendFacts, ClientFacts, DiskFacts } from '../facts/facts.ts';
import { namesOf, namesToSet } from '../facts/fields.ts';
import { EMPTY_CATALOGUE, type Catalogue } from '../repository/catalogue.ts';
import { arrivalsOf } from '../repository/pack-arrivals.ts';
import {
  latestOf,
  NO_CLAIMS,
  SnapshotTimes,
  type SnapshotTime,
} from '../repository/snapshot-times.ts';
import { ClientState, STATE_VERSION, type StoredState } from './state-schema.ts';

/** Facts as they are stored. Pure. */
export function encodeFacts(facts: ClientFacts, now: number): StoredState {
  const { source, backends } = facts;
  const { snapshots } = source.contents;
  const { client, setUpAt, setUpClaimed, lostUnreplicated } = facts;
  return z.encode(ClientState, {
    ...{ schemaVersion: STATE_VERSION, writtenAt: now },
    ...{ client, setUpAt, setUpClaimed, lostUnreplicated },
    source: {
      ...source,
      contents: { ...source.contents, arrivals: corruptArrivals(facts) },
      known: { isKnown: snapshots !== undefined },
    },
    snapshots: encodeTimes(facts, snapshots),
    backends: Object.fromEntries(
      [...backends].map(([name, backend]) => [name, storeBackend(backend, snapshots)]),
    ),
  });
}

/** Only of packs that are known to be corrupt, as nothing else is asked. */
function corruptArrivals({ source, backends }: ClientFacts) {
  const corrupt = [...backends.values()].flatMap(({ attempts }) => attempts.corrupt);
  const packs = new Set(corrupt.flatMap((name) => /^data\/(.*)$/.exec(name)?.[1] ?? []));
  const known = arrivalsOf(packs, source.contents.arrivals ?? []);
  return known.length === 0 ? undefined : known;
}

function encodeTimes(
  { times, claims }: ClientFacts,
  source = EMPTY_CATALOGUE,
): ClientState['snapshots'] {
  const atSource = new Set(namesOf(source));
  const snapshots: Record<string, ClientState['snapshots'][string]> = {};
  for (const [id, { time, arrivedAt }] of times.entries()) {
    snapshots[id] = {
      t: time,
      ...(arrivedAt !== time && { a: arrivedAt }),
      ...encodeClaim(claims.get(id)),
      ...(atSource.has(id) && { s: 1 as const }),
    };
  }
  return snapshots;
}

function encodeClaim(claim: SnapshotTime | undefined): { c?: number; ca?: number } {
  if (claim === undefined) return {};
  const { time, arrivedAt } = claim;
  return { c: time, ...(arrivedAt !== time && { ca: arrivedAt }) };
}

function storeBackend(facts: BackendFacts, source: Catalogue | undefined) {
  const { configuredAt, disks, ...chapters } = facts;
  const away = [...disks].map(([id, disk]) => [id, storeDisk(disk, source)] as const);
  return {
    ...chapters,
    ...storeDisk(facts, source),
    known: { configuredAt, ...(away.length > 0 && { disks: Object.fromEntries(away) }) },
  };
}

function storeDisk({ place, contents }: DiskFacts, source: Catalogue | undefined) {
  return { place, contents: storeContents(contents, source) };
}

/** Facts as they were when they were stored. Pure. */
export function decodeFacts(state: ClientState): ClientFacts {
  const { client, setUpAt, setUpClaimed, lostUnreplicated } = state;
  const entries = Object.entries(state.snapshots);
  const times = new SnapshotTimes().with(
    new Map(entries.map(([id, { t, a }]) => [id, { time: t, arrivedAt: a ?? t }])),
  );
  const atSource = namesToSet(entries.filter(([, { s }]) => s === 1).map(([id]) => id));
  const { health, contents, memory, known } = state.source;
  const snapshots = known.isKnown ? atSource : undefined;
  const recall = (disk: StoredDisk, markerId = disk.place.markerId): DiskFacts => ({
    place: { ...disk.place, markerId },
    contents: recallContents(disk.contents, atSource, times),
  });
  return {
    ...{ client, setUpAt, setUpClaimed, lostUnreplicated, times },
    claims: decodeClaims(state),
    source: {
      ...{ health, memory, progress: {} },
      contents: { ...contents, snapshots, latest: snapshots && latestOf(snapshots, times) },
    },
    backends: new Map(
      Object.entries(state.backends).map(([name, { known, attempts, progress, ...disk }]) => [
        name,
        {
          ...recall(disk),
          ...{ configuredAt: known.configuredAt, attempts, progress },
          disks: new Map(
            Object.entries(known.disks ?? {}).map(([id, away]) => [id, recall(away, id)]),
          ),
        },
      ]),
    ),
  };
}

type StoredDisk = Pick<ClientState['backends'][string], 'place' | 'contents'>;

function decodeClaims({ snapshots }: ClientState): ClientFacts['claims'] {
  const claimed = Object.entries(snapshots).flatMap(([id, { c, ca }]) =>
    c === undefined ? [] : [[id, { time: c, arrivedAt: ca ?? c }] as const],
  );
  return claimed.length === 0 ? NO_CLAIMS : new Map(claimed);
}
