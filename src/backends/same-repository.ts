import { SyncdError } from '../runtime/errors.ts';
import type { Marker, MarkerOwner } from './marker.ts';

interface Place {
  readonly label: string;
  readonly owner: MarkerOwner;
  readonly marker: Marker;
  /** SHA-256 of its `config`; undefined when it has none */
  readonly found: string | undefined;
}

/** What is there is neither what the source has nor what it had: it was replaced, and nothing is known of it. */
export class OtherRepositoryError extends SyncdError {}

/** Nothing is written to a backend of another repository (I4): rejects with reason `diverged`. */
export function requireSameRepository(
  { label, owner, marker, found }: Place,
  configSha256: string | undefined,
): void {
  if (configSha256 === undefined) return;
  const isOther = found !== undefined && found !== configSha256;
  const wasOther = marker.configSha256 !== null && marker.configSha256 !== configSha256;
  if (!isOther && !wasOther) return;
  const { client, backend } = owner;
  const isReplaced = isOther && found !== marker.configSha256;
  throw new (isReplaced ? OtherRepositoryError : SyncdError)(
    'diverged',
    `${label} holds another repository than the source, or the source's config has changed`,
    {
      hint: `if that was 'restic migrate', run: backup-syncd backend accept-config ${client} ${backend}; if the repository was made anew, give it a new place`,
    },
  );
}
