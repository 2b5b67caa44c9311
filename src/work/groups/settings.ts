import type { PasswordSource } from '../../restic/password.ts';
import type { ResticPlace } from '../../restic/repository.ts';
import type { WantedGroup } from './due.ts';

/** The expected groups of a client, and where its snapshots can be read. */
export interface GroupSettings {
  readonly wanted: readonly WantedGroup[];
  readonly password: PasswordSource;
  /** how restic opens the source */
  readonly source: ResticPlace;
  /** replicas in directories of this machine */
  readonly replicas: readonly { readonly name: string; readonly place: ResticPlace }[];
  /** of this process; restic gets an allow-listed part of it */
  readonly env: NodeJS.ProcessEnv;
  /** caches the files of snapshots, still encrypted, so that each is fetched once; absent: no cache */
  readonly cacheDirectory?: string;
}
