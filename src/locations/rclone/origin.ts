import type { FileSource, RemoteSource } from '../location.ts';

/** Where rclone takes objects from, and how it is known which of them match their names (I5). */
export interface Origin extends Pick<FileSource, 'verify'> {
  /** as rclone calls it, ending in a slash */
  readonly from: string;
}

/** What lies on this machine is hashed here, ahead of rclone. */
export function originOfFiles(source: FileSource): Origin {
  return { from: `${source.root}/`, verify: source.verify.bind(source) };
}

/** From remote to remote objects go without a detour over here, and nobody hashes them. */
export function originOfRemote({ remote }: RemoteSource): Origin {
  return {
    from: remote,
    verify: async (_kind, placed) => ({ placed, vanished: [], corrupt: [] }),
  };
}
