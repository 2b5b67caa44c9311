import { SyncdError } from '../../runtime/errors.ts';
import { readObject } from './read-object.ts';

/** How objects get their names at a remote so that nobody ever sees half of one (I3). */
export type Placing =
  /** an upload is seen when it is whole: object stores */
  | 'direct'
  /** written under .backup-syncd/tmp, looked at, then moved by the server */
  | 'staged';

export interface RemoteFeatures {
  readonly placing: Placing;
  /** its server compares what arrives with the hash that comes with it, as S3 has to */
  readonly refusesDamaged: boolean;
  /** it tells how much space is free */
  readonly tellsSpace: boolean;
}

/**
 * What `rclone backend features` says, as far as it matters. rclone's own partial files are not used: they lie beside the
 * objects, where only a full listing would find what a crash has left, and rclone before 1.63 has none.
 */
export function readFeatures(
  json: string,
  label: string,
  { isOnlyRead = false } = {},
): RemoteFeatures {
  const { Features, String } = readObject(json);
  const features = typeof Features === 'object' && Features !== null ? Features : {};
  const has = (name: string) => (features as Readonly<Record<string, unknown>>)[name] === true;
  if (!isOnlyRead && !has('BucketBased') && !has('Move')) {
    throw new SyncdError(
      'tool',
      `${label} supports neither atomic uploads nor renames: a crash could leave a broken replica there`,
      { hint: 'choose another kind of storage, or mount it and use a directory backend' },
    );
  }
  return {
    placing: has('BucketBased') ? 'direct' : 'staged',
    refusesDamaged: typeof String === 'string' && String.startsWith('S3 '), // how this kind describes itself; the type of a remote is not told
    tellsSpace: has('About'),
  };
}
