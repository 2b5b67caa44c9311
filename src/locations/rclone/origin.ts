import type { FileSource, RemoteSource } from '../location.ts';

/** Where rclone reads objects, and how to find out which of them match their names (I5). */
export interface Origin extends Pick<FileSource, 'verify'> {
  /** its rclone path, ending in a slash */
  readonly from: string;
}

/** Objects on this machine are hashed here, ahead of rclone. */
export function originOfFiles(source: FileSource): Origin {
  return { from: `${source.root}/`, verify: source.verify.bind(source) };
}

/** From remote to remote, objects are copied directly and are not hashed. */
export function originOfRemote({ remote }: RemoteSource): Origin {
  return {
    from: remote,
    verify: async (_kind, placed) => ({ placed, vanished: [], corrupt: [] }),
  };
}
