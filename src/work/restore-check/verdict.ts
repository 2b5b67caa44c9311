import { printable } from '../../runtime/printable.ts';
import { formatBytes, formatDuration } from '../../runtime/units.ts';
import type { ChosenFile, RequiredPath } from './choose-files.ts';
import type { RestoreCheckSettings } from './settings.ts';

/** The entry at the path of a file that should have been restored. */
export type Restored =
  | {
      readonly found: 'file';
      readonly size: number;
      /** only if there is something to compare it with */
      readonly sha256?: string;
    }
  | { readonly found: 'missing' }
  | { readonly found: 'not_a_file' };

/** A problem with one path. */
export interface Fault {
  readonly path: string;
  /** completes "PATH …" */
  readonly what: string;
}

/** Compares a restored file with the list of the snapshot and, if there is one, with the same file of another place. Pure. */
export function judgeFile(
  { path, size }: ChosenFile,
  restored: Restored,
  other?: { readonly name: string; readonly restored: Restored },
): Fault | undefined {
  if (restored.found === 'missing') return { path, what: 'was not restored' };
  if (restored.found === 'not_a_file') return { path, what: 'is not a regular file' };
  if (restored.size !== size)
    return { path, what: `has ${formatBytes(restored.size)} instead of ${formatBytes(size)}` };
  if (other?.restored.found !== 'file' || other.restored.sha256 === restored.sha256)
    return undefined;
  return { path, what: `differs from the same file at ${other.name}` };
}

/** Finds problems with the required paths of a snapshot. Pure. */
export function judgeRequired(
  required: readonly RequiredPath[],
  { minBytes = 0, newerThanMs = Infinity }: Pick<RestoreCheckSettings, 'minBytes' | 'newerThanMs'>,
  snapshotAt: number,
): Fault[] {
  return required.flatMap(({ path, isThere, bytes, newestMtime }): Fault[] => {
    if (!isThere) return [{ path, what: 'is not in the snapshot' }];
    const small: Fault[] =
      bytes < minBytes
        ? [{ path, what: `has ${formatBytes(bytes)}, less than ${formatBytes(minBytes)}` }]
        : [];
    const ageMs = snapshotAt - (newestMtime ?? -Infinity);
    if (newerThanMs === Infinity || ageMs <= newerThanMs) return small;
    const age =
      newestMtime === undefined
        ? 'has no file'
        : `was last changed ${formatDuration(ageMs)} before the snapshot`;
    return [...small, { path, what: `${age}, and ${formatDuration(newerThanMs)} is allowed` }];
  });
}

/** How many paths a message names. */
const NAMED = 3;

/** All faults in one sentence. */
export function describeFaults(faults: readonly Fault[]): string {
  const named = faults.slice(0, NAMED).map(({ path, what }) => `${printable(path)} ${what}`);
  const more = faults.length > NAMED ? [`and ${faults.length - NAMED} more`] : [];
  return [...named, ...more].join('; ');
}
