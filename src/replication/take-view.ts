import { createHash } from 'node:crypto';
import type { Care } from '../locations/care.ts';
import type { Listing, ListOptions, Location } from '../locations/location.ts';
import { minus, type Catalogue } from '../repository/catalogue.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { throwIfAborted } from '../runtime/abort.ts';
import { optional } from '../runtime/optional.ts';
import { KeyFiles, type ExaminedKeys } from './key-files.ts';
import { diagnoseSource, LINK_HINT, SourceProblem, type Absence } from './source-problem.ts';

/** How often index is listed, or the whole view is taken again, before the source counts as busy. */
const ATTEMPTS = 8;

export interface TakeViewOptions {
  readonly signal: AbortSignal;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** default: `names`; the result of a poll may be too old for a view */
  readonly care?: Exclude<Care, 'poll'>;
  /** the objects as last known: sets equal to these share their memory */
  readonly like?: Objects | undefined;
  /** the known key files of the source; default: none */
  readonly keyFiles?: KeyFiles;
}

export interface TakenView {
  readonly view: View;
  readonly ignored: number;
  readonly refused: readonly string[];
  /** when `snapshots/` last changed, milliseconds since the epoch, if the place reports it */
  readonly snapshotsChangedAt: number | undefined;
  readonly keyFiles: ExaminedKeys;
}

/**
 * Takes a consistent view of a repository that is being written to and pruned (invariant I2): snapshots first, as a
 * reader of restic does; index until two listings agree, because a directory is not listed atomically; then what they
 * point to; at last index once more. If all are still there, their packs were there when data was listed, because
 * restic drops an index before the packs that it names (doc/design.rst, "Read and Write Ordering").
 *
 * Rejects with a SourceProblem when there is no repository, or when it keeps changing.
 */
export async function takeView(source: Location, options: TakeViewOptions): Promise<TakenView> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const taken = await tryView(source, options);
    if (taken !== undefined) return taken;
  }
  throw busy(source);
}

async function tryView(source: Location, options: TakeViewOptions): Promise<TakenView | undefined> {
  const takenAt = options.now();
  const listing = listingOf(options);
  const snapshots = await source.list('snapshots', listing);
  const index = await settledIndex(source, options);
  const [data, keys, config] = await Promise.all([
    source.list('data', listing),
    source.list('keys', listing),
    readConfig(source, options),
  ]);
  if (keys.refused.includes('keys')) throw linked(source, { what: 'keys' });
  if (config === undefined || keys.objects.count === 0) throw await explain(source, options);
  const { keyFiles = new KeyFiles() } = options;
  const examined = await keyFiles.examine(source, keys.objects, options);
  if (examined.keys.count === 0) throw noGoodKey(source, examined);
  const objects = {
    keys: examined.keys,
    data: data.objects,
    index: index.objects,
    snapshots: snapshots.objects,
  };
  if (!(await allThere('index', { source, options, objects: index.objects }))) return undefined;
  if (snapshots.objects.count > 0 && (index.objects.count === 0 || data.objects.count === 0)) {
    const isPruned = !(await allThere('snapshots', {
      source,
      options,
      objects: snapshots.objects,
    }));
    if (isPruned) return undefined;
    throw incomplete(source, objects, [...index.refused, ...data.refused]);
  }
  const listings = [snapshots, index, data, keys] as const;
  return {
    view: {
      takenAt,
      configSha256: sha256(config),
      configBytes: config.length,
      objects,
      listedKeys: keys.objects,
    },
    ignored: listings.reduce((sum, { ignored }) => sum + ignored, 0),
    refused: listings.flatMap(({ refused }) => refused),
    snapshotsChangedAt: snapshots.changedAt,
    keyFiles: examined,
  };
}

async function settledIndex(source: Location, options: TakeViewOptions): Promise<Listing<'index'>> {
  const listing = listingOf(options);
  let before = await source.list('index', listing);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const after = await source.list('index', listing);
    if (after.objects.equals(before.objects)) return after;
    before = after;
  }
  throw busy(source);
}

function listingOf({ signal, care = 'names', like }: TakeViewOptions): ListOptions {
  return { signal, care, ...optional({ like }) };
}

/**
 * Whether all objects are still there. An object that a listing finds existed after everything that was listed before. That proves
 * as much as a check of each object, at a fraction of the cost.
 */
async function allThere(
  kind: 'index' | 'snapshots',
  {
    source,
    options,
    objects,
  }: { readonly source: Location; readonly options: TakeViewOptions; readonly objects: Catalogue },
): Promise<boolean> {
  const { objects: now } = await source.list(kind, listingOf(options));
  return minus(objects, now).count === 0;
}

/** In MinIO's erasure format it is a directory and cannot be read, which gets its own diagnosis. */
async function readConfig(source: Location, options: TakeViewOptions): Promise<Buffer | undefined> {
  try {
    return await source.read('config', options);
  } catch (error) {
    throwIfAborted(options.signal);
    const found = await source.inspect(options);
    throw found.erasureFormat ? diagnoseSource(found, source.label) : error;
  }
}

/** A snapshot without data cannot exist: part of the repository is not mounted, or was deleted. */
function incomplete(source: Location, objects: Objects, refused: readonly string[]): SourceProblem {
  const what = objects.data.count === 0 ? 'data' : 'index';
  const absence = { what, objects } as const;
  if (refused.includes(what)) return linked(source, absence);
  return new SourceProblem(
    'not_a_repository',
    `${source.label} has snapshots, but ${what} is empty`,
    `is ${what} on a separate disk that is not mounted? Run 'restic check' on the repository`,
    { absence },
  );
}

/** What is missing is behind a link. */
function linked(source: Location, absence: Absence): SourceProblem {
  const message = `${absence.what} of ${source.label} is a symbolic link, which is never followed`;
  return new SourceProblem('not_a_repository', message, LINK_HINT, { absence });
}

function noGoodKey(source: Location, { malformed: [first] }: ExaminedKeys): SourceProblem {
  return new SourceProblem(
    'not_a_repository',
    `${source.label} has no key that restic can open: ${first ?? 'they vanish before they can be read'}`,
    'put a key file back from a replica or another copy, and remove the malformed ones',
    { absence: { what: 'keys' } },
  );
}

/** The reason why there is no repository. */
async function explain(source: Location, options: TakeViewOptions): Promise<SourceProblem> {
  return diagnoseSource(await source.inspect(options), source.label);
}

function busy(source: Location): SourceProblem {
  return new SourceProblem(
    'busy',
    `${source.label} changes faster than it can be listed`,
    'it will be retried; if this keeps happening, look for a prune that runs in a loop',
  );
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
