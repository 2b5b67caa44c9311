import type { FileSource, RemoteSource } from '../location.ts';

/** Where rclone reads the objects of a source. */
export interface Origin {
  /** an rclone path, ending in a slash */
  readonly from: string;
  /** hashing costs a download of its own */
  readonly isFar: boolean;
}

export function originOfFiles({ root }: FileSource): Origin {
  return { from: `${root}/`, isFar: false };
}

export function originOfRemote({ remote }: RemoteSource): Origin {
  return { from: remote, isFar: true };
}
