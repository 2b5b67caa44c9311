import type { CallOptions, Location } from '../locations/location.ts';
import { isLeftover } from '../repository/leftovers.ts';
import { countObjects, objectsMinus, type Objects } from '../repository/objects.ts';
import { causeOf } from '../replication/same-keys.ts';
import { sha256 } from '../replication/take-view.ts';
import { SyncdError } from '../runtime/errors.ts';
import { requireApart, requireInvisible } from './apart.ts';
import { listObjects } from './list-objects.ts';
import {
  createMarker,
  formerIds,
  isOfClient,
  NewerMarkerError,
  readMarker,
  writeMarker,
  type Marker,
  type MarkerOwner,
} from './marker.ts';

export interface InitOptions extends CallOptions {
  readonly source: Location;
  readonly target: Location;
  readonly owner: MarkerOwner;
  /** milliseconds since the epoch */
  readonly now: number;
}

/** The comparison of an adopted replica with the source. */
export interface Comparison {
  readonly matching: number;
  /** in the source and not there, or there with another size: sent by the next pass */
  readonly missing: number;
  /** there and not in the source: kept */
  readonly extra: number;
}

/** Makes an empty directory a backend. Rejects with reason `not_initialised` when it is not empty or is one already. */
export async function initialise(options: InitOptions): Promise<Marker> {
  const { target, owner } = options;
  const where = `${owner.client} ${owner.backend}`;
  const existing = await readMarker(target, options, owner);
  if (existing !== undefined) {
    requireOwnPlace(existing, options);
    throw new SyncdError(
      'not_initialised',
      `${target.label} is already a backend: ${existing.backend} of client ${existing.client}, since ${existing.since}`,
      `if that is right, there is nothing to do; to take it over from another machine, or to accept losses, run: backup-syncd backend init --adopt ${where}`,
    );
  }
  const { entries } = await target.inspect(options);
  const inTheWay = entries.filter((name) => name !== '.backup-syncd' && !isLeftover(name));
  if (inTheWay.length > 0) {
    throw new SyncdError(
      'not_initialised',
      `${target.label} is not empty: it holds ${inTheWay.slice(0, 5).join(', ')}`,
      `choose an empty directory; if it holds a replica, run: backup-syncd backend init --adopt ${where}`,
    );
  }
  return mark(options);
}

function requireOwnPlace(marker: Marker, { target, owner }: InitOptions): void {
  if (isOfClient(marker, owner)) return;
  const { client } = marker;
  throw new SyncdError(
    'not_initialised',
    `${target.label} belongs to client ${client}, not to ${owner.client}`,
    'each client needs its own place: choose another directory',
  );
}

interface Adopted {
  readonly marker: Marker;
  readonly comparison: Comparison;
  /** the same repository, but the source's `config` was changed and must be accepted next */
  readonly isConfigOther: boolean;
}

/** Takes over an existing replica after comparing all of it with the source. Changes none of its objects. */
export async function adopt(options: InitOptions): Promise<Adopted> {
  const { source, target } = options;
  const existing = await readMarker(target, options).catch(unlessNewer);
  if (existing !== undefined) requireOwnPlace(existing, options);
  const [theirs, ours] = [
    await source.read('config', options),
    await target.read('config', options),
  ];
  if (theirs === undefined) {
    throw new SyncdError(
      'source_unavailable',
      `${source.label} has no config to compare with`,
      'adopting a replica compares it with its source: check the path of the source',
    );
  }
  const listing = { signal: options.signal, care: 'full' } as const;
  const { objects: atSource } = await listObjects(source, listing);
  const { objects: atTarget } = await listObjects(target, listing);
  const isConfigOther = ours !== undefined && !ours.equals(theirs);
  const isSameConfig = ours?.equals(theirs) === true;
  const isNew = ours === undefined && atTarget.keys.count === 0;
  if (!isSameConfig && !isNew && causeOf(atSource.keys, atTarget.keys) !== 'config_changed')
    throw otherRepository(options);
  const comparison = compare(atSource, atTarget);
  return { marker: await mark(options, existing), comparison, isConfigOther };
}

/** A damaged marker is replaced. */
function unlessNewer(error: unknown): undefined {
  if (error instanceof NewerMarkerError) throw error;
}

function otherRepository({ source, target }: InitOptions): SyncdError {
  return new SyncdError(
    'diverged',
    `${target.label} holds a different repository from ${source.label}: keys of the source are missing there`,
    "if someone ran 'restic init' again at the source, keep this replica, which holds the old backups, and choose a new place; if a key was added after 'restic migrate', remove it from the source, adopt, then add it again",
  );
}

/** Uses a new id even if there was one, because the marker may have been copied from another place. */
async function mark(
  { source, target, owner, now, signal }: InitOptions,
  before?: Marker,
): Promise<Marker> {
  await requireApart({ source, target }, { signal });
  const config = await source.read('config', { signal }).catch(() => undefined);
  const configSha256 = config === undefined ? null : sha256(config);
  const marker = { ...createMarker(owner, now, configSha256), ...formerIds(before) };
  await writeMarker(target, marker, { signal });
  try {
    await requireInvisible({ source, target }, marker.id, { signal });
  } catch (error) {
    await target.unmark({ signal });
    throw error;
  }
  return marker;
}

function compare(source: Objects, target: Objects): Comparison {
  const missing = countObjects(objectsMinus(source, target));
  return {
    missing,
    matching: countObjects(source) - missing,
    extra: countObjects(objectsMinus(target, source)),
  };
}
