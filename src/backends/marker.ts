import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { CallOptions, Location } from '../locations/location.ts';
import { SyncdError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/parse-json.ts';
import { newerSchemaIn } from '../runtime/versions.ts';

const SCHEMA_VERSION = 1;
/** Former ids that a marker keeps. */
const MOST_FORMER = 20;

/** A name that appears in messages; a longer one is not ours. */
function name() {
  return z.string().check(z.minLength(1), z.maxLength(300));
}

/**
 * `.backup-syncd/backend.json`: marks this place as a backend, and names its owner (I11). Only `backend init` creates it, so that
 * an unmounted disk or a wrong path is never written to.
 */
const FIELDS = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: name(),
  client: name(),
  backend: name(),
  /** of the source's `config`; null until the source has one */
  configSha256: z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  since: z.iso.datetime(),
  /** when a full listing first contained a whole view */
  baselineAt: z.nullable(z.iso.datetime()),
  /** the machine that writes here */
  writer: name(),
  /** ids that the marker of this place had before it was adopted */
  replaces: z.optional(z.array(name()).check(z.maxLength(MOST_FORMER))),
};
/** Keys that a later version has added stay when the marker is written again. */
const StoredMarker = z.looseObject(FIELDS);
const Marker = z.object(FIELDS);
export type Marker = z.infer<typeof Marker>;

const PATH = '.backup-syncd/backend.json';

export interface MarkerOwner {
  readonly client: string;
  /** names that the client had before */
  readonly formerClients?: readonly string[] | undefined;
  readonly backend: string;
  readonly writer: string;
  /** the name of this machine in markers of earlier versions */
  readonly formerWriter?: string | undefined;
}

export function createMarker(owner: MarkerOwner, now: number, configSha256: string | null): Marker {
  return {
    schemaVersion: SCHEMA_VERSION,
    id: randomUUID(),
    client: owner.client,
    backend: owner.backend,
    writer: owner.writer,
    configSha256,
    since: new Date(now).toISOString(),
    baselineAt: null,
  };
}

/** The ids in the current marker of a place, for the marker that replaces it. */
export function formerIds(before: Marker | undefined): Pick<Marker, 'replaces'> {
  if (before === undefined) return {};
  return { replaces: [before.id, ...(before.replaces ?? [])].slice(0, MOST_FORMER) };
}

export interface MarkerQuestion extends CallOptions {
  /** the kind of place is a remote, which is not mounted */
  readonly isRemote: boolean;
  /** the backend was complete before, so without a marker it is not mounted */
  readonly wasComplete?: boolean;
}

/** The file exists but cannot be parsed; so at least the disk is mounted. */
export class DamagedMarkerError extends SyncdError {}

/** A newer version of this program wrote the file. It is never replaced. */
export class NewerMarkerError extends SyncdError {}

/** Returns undefined if there is none. Rejects with reason `not_initialised` if it is invalid. */
export async function readMarker(
  location: Location,
  options: CallOptions,
  owner: Pick<MarkerOwner, 'client' | 'backend'> = { client: 'CLIENT', backend: 'BACKEND' },
): Promise<Marker | undefined> {
  const content = await location.read(PATH, options);
  if (content === undefined) return undefined;
  const json = parseJson(content.toString());
  refuseNewer(json, location);
  const parsed = StoredMarker.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DamagedMarkerError(
    'not_initialised',
    `the marker ${location.label}/${PATH} is damaged`,
    `if this is the right place, run: backup-syncd backend init --adopt ${owner.client} ${owner.backend}`,
    parsed.error,
  );
}

function refuseNewer(json: unknown, { label }: Location): void {
  const newer = newerSchemaIn(json, SCHEMA_VERSION);
  if (newer === undefined) return;
  throw new NewerMarkerError(
    'not_initialised',
    `the marker ${label}/${PATH} was written by a newer version of backup-syncd (schemaVersion ${newer}, this one knows ${SCHEMA_VERSION})`,
    'run the newer version, or see "To go back" in docs/upgrading.md; until then, nothing is written there',
  );
}

export async function writeMarker(
  location: Location,
  marker: Marker,
  options: CallOptions,
): Promise<void> {
  await location.write(PATH, Buffer.from(`${JSON.stringify(marker, undefined, 2)}\n`), options);
}

/** Since when it has been a backend, milliseconds since the epoch. Never in the future, or nothing would be owed until then. */
export function sinceOf({ since }: Marker, now: number): number {
  return Math.min(Date.parse(since), now);
}

/** The marker is missing from a directory that was a complete backend before; usually, its disk is not mounted. */
export class NotMountedError extends SyncdError {}

/** Whether a marker names this client, by its current name or a former one. */
export function isOfClient(
  { client }: Pick<Marker, 'client'>,
  owner: Pick<MarkerOwner, 'client' | 'formerClients'>,
): boolean {
  return client === owner.client || owner.formerClients?.includes(client) === true;
}

/** Returns the marker if this is the owner's place; rejects with reason `not_initialised` otherwise. */
export async function requireMarker(
  location: Location,
  owner: MarkerOwner,
  options: MarkerQuestion,
): Promise<Marker> {
  const marker = await readMarker(location, options, owner);
  const where = `${owner.client} ${owner.backend}`;
  if (marker === undefined) throw noMarker(location, where, options);
  if (!isOfClient(marker, owner)) {
    throw new SyncdError(
      'not_initialised',
      `${location.label} belongs to client ${marker.client}`,
      `check the path of backend ${owner.backend} in the configuration of ${owner.client}`,
    );
  }
  if (marker.writer !== owner.writer && marker.writer !== owner.formerWriter) {
    throw new SyncdError(
      'not_initialised',
      `another machine writes to ${location.label} (${marker.writer}; this one is ${owner.writer})`,
      `if that machine no longer writes there, take the backend over with: backup-syncd backend init --adopt ${where}`,
    );
  }
  return marker;
}

function noMarker(
  { label }: Location,
  where: string,
  { isRemote, wasComplete = false }: MarkerQuestion,
): SyncdError {
  const isMount = !isRemote;
  if (!wasComplete)
    return new SyncdError(
      'not_initialised',
      `${label} has no backend marker`,
      `to set it up${isMount ? ', with its disk mounted' : ''}, run: backup-syncd backend init ${where}`,
    );
  const was = 'but this backend was complete before';
  const otherwise = `only if this is a new disk or a new place, run: backup-syncd backend init --new-disk ${where}`;
  if (isMount)
    return new NotMountedError(
      'not_initialised',
      `${label} is not mounted: its marker is missing, ${was}`,
      `mount its disk; ${otherwise}`,
    );
  return new SyncdError(
    'not_initialised',
    `the marker of ${label} is missing, ${was}`,
    `check the remote and the path; ${otherwise}`,
  );
}

/**
 * Returns the marker with the current names of machine and client, and writes it if the marker has a former one. The name of a
 * machine may belong to a clone of it: the first one to send keeps the place, and any other is refused from then on.
 */
export async function claimMarker(
  location: Location,
  owner: MarkerOwner,
  options: MarkerQuestion,
): Promise<Marker> {
  const marker = await requireMarker(location, owner, options);
  if (marker.writer === owner.writer && marker.client === owner.client) return marker;
  const claimed = { ...marker, writer: owner.writer, client: owner.client };
  await writeMarker(location, claimed, options);
  return claimed;
}

/** Whether this is another disk, or the same one adopted again, so that earlier facts do not apply. */
export function isAnotherPlace(marker: Marker, before: Marker | undefined): boolean {
  return before !== undefined && (marker.id !== before.id || marker.since !== before.since);
}
