/** What to do about a corrupt object of the source. @param path of the object below the repository, as `data/ab/ab…` */
export function corruptHint(path: string): string {
  if (!path.startsWith('data/'))
    return "new snapshots are withheld: check the source's disk, run 'restic check' on it, and repair it";
  return `new snapshots that may need it are withheld. If 'restic check' passes at the source, nothing needs ${path}: 'restic prune' removes it. Else check the source's disk, and repair the repository`;
}
