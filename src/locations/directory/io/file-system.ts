import { statfsSync } from 'node:fs';
import { release } from 'node:os';

/** The properties of a file system that can be relied on, by its type. */
export interface FileSystemTraits {
  /** for people */
  readonly name: string;
  /** one `syncfs` makes everything durable that was written before, and reports what it could not write */
  readonly syncsAsAWhole: boolean;
  /** the times of a directory move whenever a name comes to it or goes from it */
  readonly movesDirectoryTimes: boolean;
}

/** Types whose behaviour is known, by their number in linux/magic.h. ext2 and ext3 share ext4's number and its driver. */
const KNOWN: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
]);

/**
 * The traits of the file system that holds a path. The type of a path's own file system decides, not the spelling of the
 * path: a link may lead anywhere.
 *
 * @throws the error of statfs(2)
 */
export function traitsAt(path: string): FileSystemTraits {
  return traitsOf(statfsSync(path).type, release());
}

/**
 * The traits of a type of file system. FUSE, overlay, network and unknown types are trusted with nothing.
 *
 * @param type `f_type` of statfs(2)
 * @param kernel the release of the kernel, such as `6.1.0-13-amd64`
 */
export function traitsOf(type: number, kernel: string): FileSystemTraits {
  const name = KNOWN.get(type >>> 0);
  if (name === undefined)
    return { name: 'unknown', syncsAsAWhole: false, movesDirectoryTimes: false };
  return { name, syncsAsAWhole: reportsSyncErrors(kernel), movesDirectoryTimes: true };
}

/** Before Linux 5.8, syncfs(2) did not report write errors: see its man page, "Versions". */
function reportsSyncErrors(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return major > 5 || (major === 5 && minor >= 8);
}
