import * as z from 'zod/mini';
import { recallContents, storeContents } from '../facts/contents.ts';
import type { BackendFacts, ClientFacts, DiskFacts } from '../facts/facts.ts';
import { recallHistory, recallSource, storeHistory } from '../facts/history.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import { arrivalsOf } from '../repository/pack-arrivals.ts';
import { latestOf } from '../repository/snapshot-times.ts';
import { ClientState, STATE_VERSION, type StoredState } from './state-schema.ts';

/** Encodes facts for storage. Pure. */
export function encodeFacts(facts: ClientFacts, now: number, writtenBy?: string): StoredState {
  const { client, history, pauses, interventions, source, backends } = facts;
  const { snapshots } = source.contents;
  const stored = [...backends].map(([name, one]) => [name, storeBackend(one, snapshots)] as const);
  return z.encode(ClientState, {
    file: {
      schemaVersion: STATE_VERSION,
      client,
      writtenAt: now,
      ...(writtenBy !== undefined && { writtenBy }),
    },
    history: storeHistory(history, snapshots),
    pauses,
    interventions,
    places: {
      source: {
        ...source,
        contents: { ...source.contents, arrivals: corruptArrivals(facts) },
        known: { isKnown: snapshots !== undefined },
      },
      backends: Object.fromEntries(stored),
    },
  });
}

/** Only for packs that are known to be corrupt; no others are needed. */
function corruptArrivals({ source, backends }: ClientFacts) {
  const corrupt = [...backends.values()].flatMap(({ attempts }) => attempts.corrupt);
  const packs = new Set(corrupt.flatMap((name) => /^data\/(.*)$/.exec(name)?.[1] ?? []));
  const known = arrivalsOf(packs, source.contents.arrivals ?? []);
  return known.length === 0 ? undefined : known;
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

function storeDisk({ place, contents, audit, restores }: DiskFacts, source: Catalogue | undefined) {
  return { place, audit, restores, contents: storeContents(contents, source) };
}

/** Decodes stored facts. Pure. */
export function decodeFacts({
  file,
  history: stored,
  pauses,
  interventions,
  places,
}: ClientState): ClientFacts {
  const { health, contents, known, ...chapters } = places.source;
  const history = recallHistory(stored);
  const atSource = recallSource(stored);
  const snapshots = known.isKnown ? atSource : undefined;
  const latest = snapshots && latestOf(snapshots, history.times);
  const recall = (disk: StoredDisk, markerId = disk.place.markerId): DiskFacts => ({
    place: { ...disk.place, markerId },
    audit: disk.audit,
    restores: disk.restores,
    contents: recallContents(disk.contents, atSource, history.times),
  });
  const recallBackend = ({ known, attempts, progress, ...disk }: StoredBackend): BackendFacts => {
    const away = Object.entries(known.disks ?? {});
    const { configuredAt } = known;
    const disks = new Map(away.map(([id, one]) => [id, recall(one, id)] as const));
    return { ...recall(disk), configuredAt, attempts, progress, disks };
  };
  return {
    client: file.client,
    history,
    pauses,
    interventions,
    source: { ...chapters, health, progress: {}, contents: { ...contents, snapshots, latest } },
    backends: new Map(
      Object.entries(places.backends).map(([name, backend]) => [name, recallBackend(backend)]),
    ),
  };
}

type StoredBackend = ClientState['places']['backends'][string];
type StoredDisk = Pick<StoredBackend, 'place' | 'contents' | 'audit' | 'restores'>;
