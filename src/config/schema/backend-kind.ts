import type * as z from 'zod/mini';
import { keysOf, type Keys } from './keys.ts';
import { complain } from './values.ts';

/** The keys that say what kind of backend it is, and the keys that each of them brings. */
const KINDS = {
  directory: [],
  rclone: ['rcloneConfig', 'bandwidth', 'probeEvery', 'listEvery'],
  script: ['verify', 'deadline'],
} as const;
/** Keys that say how to look at what a script has made stand beside what is looked at. */
const MOVED_TO_VERIFY: ReadonlySet<string> = new Set(['rcloneConfig', 'probeEvery', 'listEvery']);

/** One kind of place, and no keys of another. */
export function checkKind(value: object, context: z.core.$RefinementCtx): void {
  const { has, complainOf } = keysOf(value, context);
  const kinds = (['directory', 'rclone', 'script'] as const).filter(has);
  const [kind, ...more] = kinds;
  for (const other of more) {
    complainOf(
      other,
      `cannot be combined with ${kind ?? ''}; a backend is one place: keep one of them`,
    );
  }
  if (kind === undefined) {
    const wanted =
      'an absolute path; write it from the root, e.g. /mnt/nas; or write rclone: REMOTE:PATH or script: [PROGRAM] instead';
    complainOf('directory', complain(undefined, wanted));
  }
  for (const owner of ['rclone', 'script'] as const) {
    if (kinds.includes(owner)) continue;
    for (const key of KINDS[owner].filter(has)) {
      const mend =
        kind === 'script' && MOVED_TO_VERIFY.has(key)
          ? 'put it in verify'
          : 'this one has none: remove it';
      complainOf(key, `belongs to a backend with ${owner}; ${mend}`);
    }
  }
  checkAround({ has, complainOf });
  if (kind === 'script') checkScript({ has, complainOf });
}

function checkAround({ has, complainOf }: Keys): void {
  if (has('aroundDeadline') && !has('before') && !has('after'))
    complainOf(
      'aroundDeadline',
      'only applies to before and after, and there is neither: remove it',
    );
}

function checkScript({ has, complainOf }: Keys): void {
  if (has('minFree'))
    complainOf(
      'minFree',
      'only applies to places that backup-syncd writes to; remove it: the script can check this itself',
    );
  for (const key of ['before', 'after'].filter(has))
    if (!has('verify')) complainOf(key, 'needs verify; without it, let the script do this itself');
  if (has('offline') && !has('verify'))
    complainOf(
      'offline',
      'needs verify: without it, backup-syncd cannot know whether the replica is there',
    );
  if (has('maxLag') && !has('verify'))
    complainOf(
      'maxLag',
      'needs verify: without it, backup-syncd cannot know how far behind the replica is',
    );
}
