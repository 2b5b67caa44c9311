import { statfs } from 'node:fs/promises';
import { mountOf, readMounts } from '../../runtime/mounts.ts';
import { optional } from '../../runtime/optional.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { Check } from '../check.ts';
import { eachPlace, subjectOf } from '../each-place.ts';
import type { Judgement } from '../finding.ts';
import type { OwnDirectory } from '../site.ts';

/** The threshold of the alert BackupBackendFilling. */
const LOW = 0.1;

type Mounts = ReturnType<typeof readMounts>;

/** The free space at a place, or in one of our own directories. */
export interface FreeSpace {
  readonly client?: string;
  readonly place?: string;
  /** for people: the mount point, or the remote */
  readonly where: string;
  /** what is there, if it is no place: `the state directory` */
  readonly what?: string;
  /** undefined: the place does not report it */
  readonly freeBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly minFreeBytes: number;
  /** absent where there is no such limit */
  readonly freeInodes?: number;
  readonly totalInodes?: number;
}

/** Free bytes and inodes of each place, and of our own directories. */
export const space: Check = {
  name: 'space',
  run: async (site, signal) => {
    const mounts = readMounts();
    const answers = await eachPlace(site, signal, async (place, location, deadline) => {
      const { label, isDirectory } = place.traits;
      const bytes = await location.space({ signal: deadline });
      return {
        ...bytes,
        ...(isDirectory && (await inodesAt(label))),
        where: isDirectory ? mountOf(label, mounts) : label,
      };
    });
    const spaces = answers.flatMap((answer): FreeSpace[] =>
      'value' in answer
        ? [
            {
              ...subjectOf(answer.place),
              ...answer.value,
              minFreeBytes: answer.place.minFreeBytes,
            },
          ]
        : [],
    );
    const own = await Promise.all(
      site.ownDirectories.map((directory) => judgeOwn(directory, mounts)),
    );
    return [...own.flat(), ...spaces.flatMap(judgeSpace)];
  },
};

/** A directory that cannot be read is a finding of its own, and hides no other one. */
async function judgeOwn(own: OwnDirectory, mounts: Mounts): Promise<readonly Judgement[]> {
  try {
    return judgeSpace(await spaceOf(own, mounts));
  } catch (error) {
    const message = `what is free for ${own.what} is unknown: ${errorMessage(error)}`;
    return [{ severity: 'unknown', message }];
  }
}

async function spaceOf({ what, directory }: OwnDirectory, mounts: Mounts): Promise<FreeSpace> {
  const { bavail, blocks, bsize } = await statfs(directory);
  const bytes = { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  const where = mountOf(directory, mounts);
  return { where, what, ...bytes, minFreeBytes: 0, ...(await inodesAt(directory)) };
}

async function inodesAt(path: string): Promise<Pick<FreeSpace, 'freeInodes' | 'totalInodes'>> {
  const { files, ffree } = await statfs(path);
  return files > 0 ? { freeInodes: ffree, totalInodes: files } : {}; // btrfs has no limit
}

/** Judges the free space of a place; one that does not report it is no finding. Pure. */
export function judgeSpace(free: FreeSpace): readonly Judgement[] {
  const { client, place } = free;
  const subject = optional({ client, place });
  return [...judgeBytes(free), ...judgeInodes(free)].map((judgement) => ({
    ...subject,
    ...judgement,
  }));
}

const HINT = 'free some space there, or use a larger disk';

function judgeBytes({ freeBytes, totalBytes, minFreeBytes, where, what }: FreeSpace): Judgement[] {
  if (freeBytes === undefined || totalBytes === undefined || totalBytes === 0) return [];
  const share = freeBytes / totalBytes;
  const purpose = what === undefined ? '' : `, for ${what}`;
  const message = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} free (${percent(share)}) on ${where}${purpose}`;
  if (freeBytes < minFreeBytes) {
    const limit = `less than minFree (${formatBytes(minFreeBytes)}), so nothing is sent there`;
    return [
      { severity: 'error', message: `${message}, ${limit}`, hint: `${HINT}, or lower minFree` },
    ];
  }
  if (freeBytes === 0) return [{ severity: 'error', message, hint: HINT }];
  return share < LOW
    ? [{ severity: 'warning', message, hint: HINT }]
    : [{ severity: 'ok', message }];
}

function judgeInodes({ where, freeInodes, totalInodes }: FreeSpace): readonly Judgement[] {
  if (freeInodes === undefined || totalInodes === undefined) return [];
  const share = freeInodes / totalInodes;
  if (share >= LOW) return [];
  return [
    {
      severity: freeInodes === 0 ? 'error' : 'warning',
      message: `${percent(share)} of the inodes are free on ${where}: it can hold ${freeInodes} more files`,
      hint: `see 'df -i ${where}'; remove small files there, or use a file system with more inodes`,
    },
  ];
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
