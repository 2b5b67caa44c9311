import { join } from 'node:path';
import type { ClientConfig } from '../config/types.ts';
import type { OwnFiles } from '../files/own-files.ts';
import type { Log } from '../log/log.ts';
import type { Contents } from '../facts/contents.ts';
import { withContents } from '../facts/disks.ts';
import type { ClientFacts, DiskFacts } from '../facts/facts.ts';
import type { DaemonPicture } from '../report/types.ts';
import { initialFacts } from '../facts/initial.ts';
import type { Objects } from '../repository/objects.ts';
import { within } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { saveDiscovered } from '../state/discovered-clients.ts';
import { acquireLock, LockedError } from '../state/lock.ts';
import { listingFileOf, loadListings, saveListings, type Listings } from '../state/listing-file.ts';
import { createStateDirectory, loadState, saveState, stateFileOf } from '../state/state-file.ts';
import type { WriterIdentity } from '../state/writer.ts';
import { StateSaver } from './state-saver.ts';
import { serveControl, type ControlServer } from './control-server.ts';
import { groupSettings } from './group-settings.ts';
import type { ServedSockets } from './served-sockets.ts';
import { ClientUnit, type UnitOptions } from './unit.ts';

/** How long closing the control socket may take, in milliseconds. */
const CLOSE_MS = 500;
/** The control socket is checked once or twice in this time, in milliseconds. */
const SOCKET_CHECK_MS = 5_000;

/** The cache of restic, in the state directory: encrypted, with a directory for each repository. */
const RESTIC_CACHE = 'restic-cache';

export interface HostOptions extends Pick<
  UnitOptions,
  | keyof WriterIdentity
  | 'openLocation'
  | 'openBackend'
  | 'transfers'
  | 'scripts'
  | 'sharedPrograms'
  | 'watchSource'
  | 'onStep'
> {
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  /** access to the state directory and the runtime directory */
  readonly stateFiles: OwnFiles;
  readonly runtimeFiles: OwnFiles;
  /** of all clients of this process */
  readonly sockets: ServedSockets;
  readonly log: Log;
  readonly clock: Clock;
  /** the daemon's data in addition to the reports of its clients; by default, all is well */
  readonly daemon?: () => DaemonPicture;
}

/** A client's unit under its lock, with its state file; what a daemon or a one-shot command holds. */
export interface HeldUnit {
  readonly unit: ClientUnit;
  /** where its damaged state file was moved */
  readonly damagedFile: string | undefined;
  save(): Promise<void>;
  /** saves, and releases the client */
  release(): Promise<void>;
}

/**
 * Rejects with a LockedError when another process has this client, or an UnavailableError when its state cannot be used.
 *
 * @param unsaved what this process knows of the client, if that could not be saved
 */
export async function holdUnit(
  config: ClientConfig,
  options: HostOptions,
  unsaved?: ClientFacts,
): Promise<HeldUnit> {
  const { stateDirectory, stateFiles: files, clock } = options;
  await createStateDirectory(stateDirectory, files);
  const lock = await writing(stateDirectory, () => acquireLock(stateDirectory, config.name, files));
  try {
    if (config.isDiscovered === true)
      await writing(stateDirectory, () => rememberDiscovered(config, options));
    const { unit, damagedFile } = await makeUnit(config, options, unsaved);
    const mutex = new Mutex();
    const listingSaver = new ListingSaver(listingFileOf(stateDirectory, config.name), files);
    const save = () =>
      mutex.run(async () => {
        const { facts } = unit.store;
        await listingSaver.save(unit.listings());
        await writing(stateDirectory, () =>
          saveState(stateFileOf(stateDirectory, config.name), facts, { now: clock.now(), files }),
        );
      });
    const release = async () => {
      try {
        await save();
      } finally {
        await lock.release();
      }
    };
    return { unit, damagedFile, save, release };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** So that it stays a client when its directory is gone. */
async function rememberDiscovered(
  { name, file: directory }: ClientConfig,
  { stateDirectory, stateFiles }: HostOptions,
): Promise<void> {
  await saveDiscovered(stateDirectory, { name, directory }, stateFiles);
}

/** Saves the names of the known objects at the places, if they changed. */
class ListingSaver {
  private readonly file: string;
  private readonly files: OwnFiles;
  /** what was saved may be garbage-collected */
  private saved = new Map<string, WeakRef<Objects>>();

  constructor(file: string, files: OwnFiles) {
    this.file = file;
    this.files = files;
  }

  /** Without the names, losses can only be counted; so a full disk, for example, is no reason to fail. */
  async save(listings: Listings): Promise<void> {
    const isSame =
      listings.size === this.saved.size &&
      [...listings].every(([place, objects]) => this.saved.get(place)?.deref() === objects);
    if (isSame) return;
    const saved = [...listings].map(([place, objects]) => [place, new WeakRef(objects)] as const);
    await saveListings(this.file, listings, this.files).then(
      () => (this.saved = new Map(saved)),
      () => undefined,
    );
  }
}

/** The error of the state directory, with what to do. */
async function writing<T>(stateDirectory: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof LockedError || error instanceof UnavailableError) throw error;
    throw new UnavailableError(
      'unavailable',
      `cannot write to the state directory ${stateDirectory}: ${errorMessage(error)}`,
      ownFilesHint(error, stateDirectory),
    );
  }
}

async function makeUnit(
  config: ClientConfig,
  options: HostOptions,
  unsaved: ClientFacts | undefined,
): Promise<Pick<HeldUnit, 'unit' | 'damagedFile'>> {
  const { stateDirectory, stateFiles: files, clock } = options;
  const log = options.log.child({ client: config.name });
  const { facts, damagedFile } = await loadState(
    stateFileOf(stateDirectory, config.name),
    config.name,
    { files, putAsideAt: clock.now() },
  );
  if (damagedFile !== undefined) {
    log.error(
      { file: damagedFile },
      'the state file was damaged and has been put aside; the state is rebuilt from the places',
    );
  }
  const names = config.backends.map(({ name }) => name);
  const known = facts ?? initialFacts(config.name, names, clock.now());
  const listings = await loadListings(listingFileOf(stateDirectory, config.name), files);
  const withNames = unsaved ?? recallNames(known, listings);
  const cacheDirectory = join(stateDirectory, RESTIC_CACHE);
  const groups = groupSettings(config, { env: options.scripts.env, cacheDirectory });
  const unit = new ClientUnit({
    ...options,
    config,
    log,
    facts: withNames,
    ...(groups && { groups }),
  });
  unit.recallSource(listings);
  return { unit, damagedFile };
}

/** The expected content of each backend, by name if names are saved. */
function recallNames(facts: ClientFacts, listings: Listings): ClientFacts {
  const withNames = ({ place, contents }: DiskFacts): Contents => {
    const { held } = contents;
    const objects = listings.get(place.markerId ?? '');
    return held && objects ? { ...contents, held: { ...held, objects } } : contents;
  };
  const backends = [...facts.backends].map(
    ([name, known]) => [name, withContents(known, withNames)] as const,
  );
  return { ...facts, backends: new Map(backends) };
}

export function socketPathOf(runtimeDirectory: string, client: string): string {
  return join(runtimeDirectory, `${client}.sock`);
}

/** Runs a held unit like a daemon, until the signal fires: loops, control socket, saving. */
export async function runHeldUnit(
  held: HeldUnit,
  options: HostOptions,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const serving = serveUntil(until, {
    ...options,
    unit: held.unit,
    save: () => held.save(),
    signal,
  });
  void new StateSaver(held, options).run(until);
  try {
    await held.unit.run(signal);
  } finally {
    ended.abort();
    await serving;
  }
}

interface Serving extends Pick<
  HostOptions,
  'runtimeDirectory' | 'runtimeFiles' | 'sockets' | 'log' | 'clock' | 'daemon'
> {
  readonly unit: ClientUnit;
  readonly save: HeldUnit['save'];
  /** ends the passes that are asked for */
  readonly signal: AbortSignal;
}

const NOTHING_ELSE: DaemonPicture = { refused: [], unknown: [], notReady: [] };

/**
 * A socket that cannot be opened does not prevent replication, and is retried. A removed socket is recreated, or commands could no
 * longer reach this daemon.
 */
async function serveUntil(
  until: AbortSignal,
  { unit, save, runtimeDirectory, runtimeFiles, sockets, log, clock, ...serving }: Serving,
): Promise<void> {
  const { signal, daemon = () => NOTHING_ELSE } = serving;
  const wakeup = new Wakeup();
  const path = socketPathOf(runtimeDirectory, unit.name);
  let control: ControlServer | undefined;
  let said = '';
  while (!until.aborted) {
    try {
      // the shared answer may be from before this client started
      if (control === undefined || !(await sockets.has(path))) {
        if (control !== undefined)
          log.warn({ client: unit.name, path }, 'the control socket is gone: recreating it');
        control = await serveControl(path, unit, {
          files: runtimeFiles,
          signal,
          daemon,
          save,
        });
      }
      said = '';
    } catch (error) {
      const { message, hint } = error as Error & { hint?: string };
      if (said !== message)
        log.error({ client: unit.name, hint }, `no control socket, will retry: ${message}`);
      said = message;
    }
    await wakeup.waitUpTo(untilCheck(clock.elapsedMs()), until);
  }
  // one that cannot be removed now is replaced at the next start
  const closed = control?.close().catch(() => undefined);
  if (closed !== undefined) await within(CLOSE_MS, closed);
}

/**
 * The time until the next check, in milliseconds. All clients check at the same moment, because waking up costs more than the
 * check; a shared answer is too old by the next one.
 */
function untilCheck(nowMs: number): number {
  return SOCKET_CHECK_MS - (nowMs % (SOCKET_CHECK_MS / 2));
}
