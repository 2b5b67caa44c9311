import type { BackendFacts, ClientFacts, DiskFacts } from '../report/facts.ts';
import {
  namesMinus,
  Catalogue,
  common,
  EMPTY_CATALOGUE,
  minus,
  plus,
} from '../repository/catalogue.ts';
import { split } from '../repository/data-catalogue.ts';
import { countObjects, NO_OBJECTS, setOf, type Objects } from '../repository/objects.ts';
import {
  latestOf,
  NO_CLAIMS,
  SnapshotTimes,
  type SnapshotTime,
} from '../repository/snapshot-times.ts';
import { decodeRecord, encodeRecord } from './encode-record.ts';
import { decodeArrivals, encodeArrivals } from './encode-arrivals.ts';
import { decodeHeld, encodeHeld } from './encode-held.ts';
import {
  STATE_VERSION,
  type ClientState,
  type StoredBackend,
  type StoredDisk,
} from './state-schema.ts';

/** Losses that are remembered by name; beyond that the backend stays damaged until the remembered ones are mended. */
const MOST_LOST = 10_000;

/** Facts as they are stored. Pure. */
export function encodeFacts(facts: ClientFacts, now: number): ClientState {
  const { snapshots, latest, listedKeys, record, ...source } = facts.source;
  return {
    schemaVersion: STATE_VERSION,
    client: facts.client,
    writtenAt: now,
    setUpAt: facts.setUpAt,
    setUpClaimed: facts.setUpClaimed,
    lostUnreplicated: facts.lostUnreplicated,
    source: {
      ...source,
      record: record && encodeRecord(record),
      isKnown: snapshots !== undefined,
      arrivals: encodeArrivals(facts),
      refused: [...source.refused].slice(0, 100),
      acceptedKeys: source.acceptedKeys && [...source.acceptedKeys],
      malformedKeys: source.malformedKeys && [...source.malformedKeys],
    },
    snapshots: encodeTimes(facts, snapshots),
    backends: Object.fromEntries(
      [...facts.backends].map(([name, backend]) => [name, encodeBackend(backend, snapshots)]),
    ),
  };
}

function encodeTimes(
  { times, claims }: ClientFacts,
  source = EMPTY_CATALOGUE,
): ClientState['snapshots'] {
  const atSource = new Set(idsOf(source));
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

function encodeBackend(facts: BackendFacts, source: Catalogue | undefined): StoredBackend {
  const { latest, progress, evaluatedFor, told, disks, ...rest } = facts;
  const { nextAttemptAt, lastAttemptAt, complete, proven, ...kept } = rest;
  const { missing, unproven, arrivals, lost, held, ...stored } = kept;
  return {
    ...stored,
    ...encodeDisk(facts, source),
    disks: disks && encodeDisks(disks, source),
    told: told && encodeTold(told, source ?? EMPTY_CATALOGUE),
    corrupt: [...facts.corrupt],
    counters: { ...facts.counters },
  };
}

function encodeDisks(
  disks: ReadonlyMap<string, DiskFacts>,
  source: Catalogue | undefined,
): Record<string, StoredDisk> {
  return Object.fromEntries([...disks].map(([id, disk]) => [id, encodeDisk(disk, source)]));
}

function encodeDisk(facts: DiskFacts, source: Catalogue | undefined): StoredDisk {
  const { since, baselineAt, lastContact, lastListing, lostUnnamed } = facts;
  const { missing, complete, proven = complete, unproven, arrivals, lost, held } = facts;
  const { keys, staleKeys, objects, bytes } = facts;
  const retained = proven === undefined ? [] : idsOf(source ? namesMinus(proven, source) : proven);
  return {
    ...{ since, baselineAt, lastContact, lastListing, lostUnnamed },
    ...{ keys, staleKeys, objects, bytes, retained },
    missing: missing === undefined ? undefined : Object.fromEntries(missing),
    unproven: unproven && idsOf(unproven),
    arrivals: arrivals && { seen: [...arrivals.seen], order: [...arrivals.order] },
    lost: {
      keys: firstLost(lost, 'keys'),
      data: firstLost(lost, 'data'),
      index: firstLost(lost, 'index'),
    },
    held: held && encodeHeld(held),
  };
}

/** Mostly the snapshots that are there now: what is stored is the difference. */
function encodeTold(told: Catalogue, source: Catalogue): NonNullable<StoredBackend['told']> {
  return { lacks: idsOf(minus(source, told)), gone: idsOf(minus(told, source)) };
}

function firstLost(lost: Objects, kind: 'keys' | 'data' | 'index'): string[] {
  return idsOf(setOf(lost, kind)).slice(0, MOST_LOST);
}

function idsOf(set: { entries(): Iterable<{ id: string }> }): string[] {
  return [...set.entries()].map(({ id }) => id);
}

/** Facts as they were when they were stored. Pure. */
export function decodeFacts(state: ClientState): ClientFacts {
  const entries = Object.entries(state.snapshots);
  const times = new SnapshotTimes().with(
    new Map(entries.map(([id, { t, a }]) => [id, { time: t, arrivedAt: a ?? t }])),
  );
  const atSource = Catalogue.from(
    entries.filter(([, { s }]) => s === 1).map(([id]) => [id, undefined]),
  );
  const { isKnown, record, arrivals, ...source } = state.source;
  const snapshots = isKnown ? atSource : undefined;
  return {
    client: state.client,
    setUpAt: state.setUpAt,
    setUpClaimed: state.setUpClaimed,
    lostUnreplicated: state.lostUnreplicated,
    times,
    claims: decodeClaims(state),
    source: {
      ...source,
      record: record && decodeRecord(record),
      arrivals: decodeArrivals(arrivals),
      snapshots,
      latest: snapshots && latestOf(snapshots, times),
    },
    backends: new Map(
      Object.entries(state.backends).map(([name, stored]) => [
        name,
        decodeBackend(stored, snapshots ?? atSource, times),
      ]),
    ),
  };
}

function decodeClaims({ snapshots }: ClientState): ClientFacts['claims'] {
  const claimed = Object.entries(snapshots).flatMap(([id, { c, ca }]) =>
    c === undefined ? [] : [[id, { time: c, arrivedAt: ca ?? c }] as const],
  );
  return claimed.length === 0 ? NO_CLAIMS : new Map(claimed);
}

function decodeBackend(
  stored: StoredBackend,
  source: Catalogue,
  times: SnapshotTimes,
): BackendFacts {
  const { told, disks, retained, missing, unproven, arrivals, lost, held, ...plain } = stored;
  const away = Object.entries(disks ?? {});
  return {
    ...plain,
    ...decodeDisk(stored, source, times),
    state: atRest(plain.state),
    told: told && decodeTold(told, source),
    disks: disks && new Map(away.map(([id, disk]) => [id, decodeDisk(disk, source, times)])),
  };
}

function decodeDisk(
  { missing, retained, unproven, arrivals, lost, held, ...plain }: StoredDisk,
  source: Catalogue,
  times: SnapshotTimes,
): DiskFacts {
  const { since, baselineAt, lastContact, lastListing, lostUnnamed } = plain;
  const { keys, staleKeys, objects, bytes } = plain;
  const retainedSet = unsized(retained);
  const owed = missing === undefined ? undefined : new Map(Object.entries(missing));
  const atSource = owed && common(source, minus(source, unsized(owed.keys())));
  const lostObjects = decodeLost(lost);
  const isDamaged = countObjects(lostObjects) + (lostUnnamed ?? 0) > 0;
  const complete = atSource && plus(atSource, isDamaged ? EMPTY_CATALOGUE : retainedSet);
  return {
    ...{ since, baselineAt, lastContact, lastListing, lostUnnamed },
    ...{ keys, staleKeys, objects, bytes },
    latest: complete && latestOf(complete, times),
    missing: owed,
    evaluatedFor: owed && source,
    complete,
    held: held && decodeHeld(held),
    proven: atSource && plus(atSource, retainedSet),
    unproven: unproven && unsized(unproven),
    arrivals: decodeOrder(arrivals),
    lost: lostObjects,
  };
}

/** Nothing is moving now. */
function atRest(state: BackendFacts['state']): BackendFacts['state'] {
  return state === 'syncing' || state === 'initial_copy' ? 'unknown' : state;
}

function decodeOrder(stored: StoredBackend['arrivals']): BackendFacts['arrivals'] {
  return stored && { seen: new Set(stored.seen), order: stored.order };
}

function decodeTold(
  { lacks, gone }: NonNullable<StoredBackend['told']>,
  source: Catalogue,
): Catalogue {
  return plus(minus(source, unsized(lacks)), unsized(gone));
}

function decodeLost({ keys, index, data }: StoredBackend['lost']): Objects {
  return {
    ...NO_OBJECTS,
    keys: unsized(keys),
    index: unsized(index),
    data: split(unsized(data)),
  };
}

function unsized(ids: Iterable<string>): Catalogue {
  return Catalogue.from([...ids].map((id) => [id, undefined]));
}
