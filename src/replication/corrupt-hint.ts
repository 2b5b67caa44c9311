/**
 * The hint about a corrupt object at a client's source. A prune that only removes an unreferenced pack replaces no index, so the
 * pack counts as vanished (traced with restic 0.14 and 0.19).
 *
 * @param path of the object, relative to the repository, such as `data/ab/ab…`
 */
export function corruptHint(client: string, path: string): string {
  if (!path.startsWith('data/'))
    return "new snapshots are held back: check the source's disk, run 'restic check' on the source, and repair it";
  return `new snapshots that may need it are held back. If 'restic check' passes at the source, nothing needs ${path}: remove it with 'restic prune', after which 'backup-syncd ack ${client} --reason TEXT' may be needed. Otherwise check the source's disk, and repair the repository`;
}
