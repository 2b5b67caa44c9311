import { SyncdError } from '../../runtime/errors.ts';
import { readObject } from './read-object.ts';

/** How objects get their names at a remote so that half an object is never visible (I3). */
export type Placing =
  /** an upload is visible only when it is complete: object stores */
  | 'direct'
  /** written under .backup-syncd/tmp, checked, then moved by the server */
  | 'staged';

export interface RemoteFeatures {
  readonly placing: Placing;
  /** its server compares what arrives with the hash sent with it, as S3 must */
  readonly refusesDamaged: boolean;
  /** it reports free space */
  readonly tellsSpace: boolean;
}

/**
 * The relevant part of `rclone backend features`. rclone's own partial files are not used: they are next to the objects, where
 * only a full listing would find leftovers of a crash, and rclone before 1.63 has none.
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
      'choose another kind of storage, or mount it and use a directory backend',
    );
  }
  return {
    placing: has('BucketBased') ? 'direct' : 'staged',
    refusesDamaged: typeof String === 'string' && String.startsWith('S3 '), // the description of this kind; the type of a remote is not reported
    tellsSpace: has('About'),
  };
}
