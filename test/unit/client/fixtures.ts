import { SharedPrograms } from '../../../src/work/around.ts';
import { createMarker, writeMarker } from '../../../src/backends/marker.ts';
import { TransferQueue } from '../../../src/work/transfers/transfer-queue.ts';
import { ClientUnit, type UnitOptions } from '../../../src/client/unit.ts';
import type { ClientConfig } from '../../../src/config/types.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import type { Log } from '../../../src/log/log.ts';
import { elapsedMs, type Clock } from '../../../src/runtime/clock.ts';
import type { ClientFacts } from '../../../src/facts/facts.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import type { BackendState } from '../../../src/report/types.ts';
import type { SyncReport } from '../../../src/facts/sync-report.ts';
import { ResticModel, type ResticAction } from '../../arbitraries/restic-model.ts';
import { open as openRaw } from '../../../src/kinds/raw.ts';
import { keyFile } from '../../support/key-file.ts';
import { MemoryLocation, sha256 } from '../../support/memory-location.ts';

export const NEVER = new AbortController().signal;
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
/** The clock starts here; mtimes of the model are real times, which are before it. */
export const START = Date.now() + 3_600_000;
export const backup = (...blobs: number[]): ResticAction => ({ verb: 'backup', blobs });

export interface Rig {
  readonly unit: ClientUnit;
  readonly model: ResticModel;
  readonly source: MemoryLocation;
  readonly backends: Readonly<Record<string, MemoryLocation>>;
  readonly clock: Clock & { at: number };
  readonly said: string[];
  /** what another unit of this client is made of */
  readonly options: Omit<UnitOptions, 'facts'>;
  /** one forced pass of everything */
  sync(): Promise<SyncReport[]>;
  backend(name: string): BackendState;
  target(name: string): MemoryLocation;
  /** another process that remembers these facts, or none */
  restart(facts?: ClientFacts): Rig;
}

interface RigOptions {
  readonly backends?: readonly string[];
  readonly history?: readonly ResticAction[];
  readonly copies?: number;
  readonly pollMs?: number;
  /** backends are remotes of rclone */
  readonly remote?: boolean;
  /** the source is a remote of rclone */
  readonly remoteSource?: boolean;
  /** of remotes, in milliseconds */
  readonly listEveryMs?: number;
  /** by backend: how long it may be away, in milliseconds */
  readonly offline?: Readonly<Record<string, number>>;
  /** the queue of turns; by default an empty one */
  readonly transfers?: TransferQueue;
}

/** A client with its places in memory, each backend initialised. */
export async function makeRig({
  backends = ['nas'],
  history = [backup(1, 2)],
  copies = 2,
  pollMs = 5,
  remote = false,
  remoteSource = false,
  listEveryMs = 24 * 60 * MINUTE,
  offline = {},
  transfers = new TransferQueue(),
}: RigOptions = {}): Promise<Rig> {
  const source = new MemoryLocation(undefined, '/source');
  const model = new ResticModel(source.place, history);
  model.finish();
  const places = Object.fromEntries(
    backends.map((name) => [name, new MemoryLocation(undefined, `/${name}`)]),
  );
  for (const name of backends) await mark(places[name], name);
  const clock = { at: START, now: () => clock.at, elapsedMs, random: () => 0.5 };
  return assemble({
    source,
    model,
    places,
    clock,
    transfers,
    config: configOf({ backends, copies, pollMs, remote, remoteSource, listEveryMs, offline }),
  });
}

export async function mark(
  location: MemoryLocation | undefined,
  backend: string,
  owner: { client?: string; writer?: string } = {},
): Promise<void> {
  if (location === undefined) throw new Error('no such place');
  const marker = createMarker(
    { client: 'ahost', writer: 'here', ...owner, backend },
    START - 30 * MINUTE,
    null,
  );
  await writeMarker(new MemoryLocation(location.place), marker, { signal: NEVER });
}

interface Parts {
  readonly source: MemoryLocation;
  readonly model: ResticModel;
  readonly places: Readonly<Record<string, MemoryLocation>>;
  readonly clock: Rig['clock'];
  readonly config: ClientConfig;
  readonly transfers: TransferQueue;
}

function assemble(parts: Parts, facts?: ClientFacts): Rig {
  const { source, places, clock, config } = parts;
  const said: string[] = [];
  const options: Rig['options'] = {
    config,
    writer: 'here',
    formerWriter: 'as before',
    openLocation: ({ config: place }) => ('name' in place ? placeOf(String(place.name)) : source),
    openBackend: openRaw,
    sharedPrograms: new SharedPrograms(),
    scripts: { runtimeDirectory: '/nowhere', files: DIRECT_FILES, env: {} },
    log: logTo(said),
    transfers: parts.transfers,
    clock,
  };
  const known = facts ?? initialFacts('ahost', Object.keys(places), clock.now());
  const unit = new ClientUnit({ ...options, facts: known });
  function placeOf(name: string): MemoryLocation {
    const place = places[name];
    if (place === undefined) throw new Error(`no backend ${name}`);
    return place;
  }
  return {
    unit,
    source,
    clock,
    said,
    backends: places,
    model: parts.model,
    options,
    sync: () => unit.sync(NEVER),
    backend(name) {
      const found = unit.report().backends.find(({ backend }) => backend === name);
      if (found === undefined) throw new Error(`no backend ${name}`);
      return found;
    },
    target: placeOf,
    restart: (remembered) => assemble(parts, remembered),
  };
}

function configOf({
  backends,
  copies,
  pollMs,
  remote,
  remoteSource,
  listEveryMs,
  offline,
}: Required<Omit<RigOptions, 'history' | 'transfers'>>): ClientConfig {
  return {
    name: 'ahost',
    file: 'clients/ahost.yaml',
    source: {
      ...(remoteSource
        ? { kind: 'rclone', rclone: 'source:' }
        : { kind: 'directory', directory: '/source', watch: false }),
      pollMs,
    },
    expect: { snapshotEveryMs: 24 * 60 * MINUTE, graceMs: 0, copies, copiesWithinMs: MINUTE },
    audit: { everyMs: DAY },
    backends: backends.map((name) => ({
      ...(remote
        ? { kind: 'rclone', name, rclone: `${name}:`, probeEveryMs: 60 * MINUTE, listEveryMs }
        : { kind: 'directory', name, directory: `/${name}` }),
      maxLagMs: 60 * MINUTE,
      minFreeBytes: 1_000,
      seenWithinMs: offline[name] ?? DAY,
      ...(offline[name] !== undefined && { offlineMs: offline[name] }),
    })),
  };
}

function logTo(said: string[]): Log {
  const log: Log = {
    debug: () => undefined,
    info: (_fields, message) => void said.push(`info ${message}`),
    warn: (_fields, message) => void said.push(`warn ${message}`),
    error: (_fields, message) => void said.push(`error ${message}`),
    child: () => log,
  };
  return log;
}

/** Replaces `config` (and `keys/`), like a `restic init` after removing them: packs and snapshots stay. */
export function makeAnew(
  { place }: MemoryLocation,
  { keepsKeys }: { readonly keepsKeys: boolean },
): void {
  place.put('config', 'of a new repository');
  if (!keepsKeys) for (const path of place.paths('keys/')) place.delete(path);
  const key = keyFile({}, 7);
  place.put(`keys/${sha256(key)}`, key);
}
