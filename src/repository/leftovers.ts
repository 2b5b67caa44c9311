/** What operating systems, file systems and NAS boxes leave at the root of a disk or a share, in lower case. */
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

/** The trash of a user on a disk (freedesktop.org, Trash specification). */
const TRASH = /^\.trash-\d+$/;

/** Whether an entry of a directory is something that nobody put there: the directory counts as empty all the same. */
export function isLeftover(name: string): boolean {
  const lower = name.toLowerCase();
  return LEFTOVERS.has(lower) || TRASH.test(lower);
}
