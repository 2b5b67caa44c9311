import type { Location } from '../locations/location.ts';
import { causeOf, type ConfigCause } from '../replication/same-keys.ts';
import { SyncdError } from '../runtime/errors.ts';
import type { InspectOptions } from './backend.ts';
import type { Marker, MarkerOwner } from './marker.ts';

interface Place {
  readonly location: Location;
  readonly owner: MarkerOwner;
  readonly marker: Marker;
  /** SHA-256 of its `config`; undefined when it has none */
  readonly found: string | undefined;
}

/** The place holds a repository with other keys, or one that was never there. Nothing is known about it. */
export class OtherRepositoryError extends SyncdError {}

/**
 * Refuses a backend of a different repository, to which nothing is written (I4). While the source has a valid view, the keys show
 * whether the place holds a different repository or the source's `config` has changed.
 *
 * @throws a SyncdError of reason `diverged`; an OtherRepositoryError where nothing at the place may be counted
 */
export async function requireSameRepository(
  { location, owner, marker, found }: Place,
  { configSha256, view, signal }: Pick<InspectOptions, 'configSha256' | 'view' | 'signal'>,
): Promise<void> {
  if (configSha256 === undefined) return;
  const isOther = found !== undefined && found !== configSha256;
  const wasOther = marker.configSha256 !== null && marker.configSha256 !== configSha256;
  if (!isOther && !wasOther) return;
  let cause: ConfigCause | undefined;
  if (view !== undefined) {
    const listing = { signal, care: 'full' } as const;
    const { objects } = await location.list('keys', listing);
    cause = causeOf(view.listedKeys ?? view.objects.keys, objects);
  }
  const isReplaced = isOther && found !== marker.configSha256;
  const isUncounted = isReplaced || cause === 'different_repository';
  throw new (isUncounted ? OtherRepositoryError : SyncdError)(
    'diverged',
    messageOf(location.label, cause),
    hintOf(owner, cause),
  );
}

function messageOf(label: string, cause: ConfigCause | undefined): string {
  if (cause === 'config_changed')
    return `the config at ${label} differs from the source's, but has all its keys: the source's config was changed`;
  if (cause === 'different_repository')
    return `${label} holds a different repository from the source: keys of the source are missing there`;
  return `the config at ${label} differs from the source's: either the source's config was changed, or these are two repositories`;
}

/** The hint about a different `config`, for each of the two causes; undefined if the cause is unknown. */
export function hintOf(
  { client, backend }: Pick<MarkerOwner, 'client' | 'backend'>,
  cause: ConfigCause | undefined,
): string {
  const accept = `backup-syncd backend accept-config ${client} ${backend}`;
  const other =
    "if someone ran 'restic init' again, the replica holds the only readable old backups: keep it, and give the new repository a new place";
  if (cause === 'config_changed') return `if that was 'restic migrate', run: ${accept}`;
  if (cause === 'different_repository')
    return `${other}; if a key was only added after 'restic migrate', remove it from the source, and add it again after you have run: ${accept}`;
  return `${other}; if that was 'restic migrate', run this, which compares the keys and refuses a different repository: ${accept}`;
}
