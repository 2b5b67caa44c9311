/** Files that operating systems, file systems and NAS boxes leave at the root of a disk or a share, in lower case. */
const LEFTOVERS: ReadonlySet<string> = new Set([
  ...['lost+found', '.snapshot', '.snapshots', '.zfs', '.trash', '.trashes', '.recycle'],
  // macOS
  ...['.ds_store', '._.ds_store', '.spotlight-v100', '.fseventsd', '.temporaryitems'],
  ...['.apdisk', '.documentrevisions-v100', '.volumeicon.icns'],
  // Windows
  ...['system volume information', '$recycle.bin', 'recycler', 'desktop.ini', 'thumbs.db'],
  // Synology, QNAP
  ...['@eadir', '#recycle', '#snapshot', '@tmp', '@sharesnap', '@recycle', '@recently-snapshot'],
  ...['.@__thumb', '.streams'],
]);

/** A user's trash directory on a disk (freedesktop.org, Trash specification). */
const TRASH = /^\.trash-\d+$/;

/** Whether a directory entry is such a leftover, so that the directory still counts as empty. */
export function isLeftover(name: string): boolean {
  const lower = name.toLowerCase();
  return LEFTOVERS.has(lower) || TRASH.test(lower);
}
