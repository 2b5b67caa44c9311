import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eachAtOnce } from '../../runtime/each-at-once.ts';
import { permissionHint } from '../../runtime/permission-hint.ts';
import { findRefusal, type Refusal } from '../../runtime/refusal.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import { describeUser } from '../../runtime/users.ts';
import type { Check } from '../check.ts';
import { subjectOf } from '../each-place.ts';
import type { Judgement } from '../finding.ts';
import type { Place, Site } from '../site.ts';

const AT_ONCE = 8;
/** The files and directories at the root of a repository or a backend. */
const PARTS = ['config', 'keys', 'data', 'index', 'snapshots', 'locks', '.backup-syncd'];
/** How many directories of `data` are checked, instead of all 256. */
const SHARDS = 4;

/** The owner and the mode of a directory, and what the daemon's user may not do there. */
export interface Access {
  readonly place: Place;
  readonly uid: number;
  readonly mode: number;
  /** the first thing below the root that refuses */
  readonly refusal?: Refusal | undefined;
  readonly hint?: string;
}

/** Owner and mode of each directory, and of what is in it. The roots themselves are checked with the configuration. */
export const permissions: Check = {
  name: 'permissions',
  run: async (site) => {
    const directories = site.places.filter(({ traits }) => traits.isDirectory);
    return eachAtOnce(directories, AT_ONCE, (place) => checkAccess(place, site));
  },
};

/** A place that cannot be read is a finding of its own, and hides no other one. */
async function checkAccess(place: Place, site: Pick<Site, 'user'>): Promise<Judgement> {
  try {
    return judgeAccess(await accessOf(place, site));
  } catch (error) {
    return { ...subjectOf(place), severity: 'unknown', message: errorMessage(error) };
  }
}

async function accessOf(place: Place, { user }: Pick<Site, 'user'>): Promise<Access> {
  const root = place.traits.label;
  const { uid, mode } = await stat(root);
  const refusal = user.isDaemon ? await refusalBelow(place) : undefined;
  if (refusal === undefined) return { place, uid, mode };
  const hint = permissionHint({ root, path: refusal.path, refusal, side: place.role });
  return { place, uid, mode, refusal, hint };
}

async function refusalBelow({
  role,
  traits: { label: root },
}: Place): Promise<Refusal | undefined> {
  const names = new Set(await readdir(root));
  const shards = names.has('data') ? await readdir(join(root, 'data')).catch(() => []) : [];
  const paths = [
    ...PARTS.filter((name) => names.has(name)),
    ...shards.slice(0, SHARDS).map((shard) => join('data', shard)),
  ];
  for (const path of paths) {
    const isRead = role !== 'backend' || path === 'config'; // files are replaced, and never written to
    const refusal = findRefusal(join(root, path), isRead ? 'r' : 'rw');
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Pure. */
export function judgeAccess({ place, uid, mode, refusal, hint }: Access): Judgement {
  const subject = subjectOf(place);
  const { label } = place.traits;
  if (refusal !== undefined)
    return {
      ...subject,
      severity: 'error',
      message: `${refusal.path} cannot be ${place.role === 'backend' && refusal.lacks === 'w' ? 'written to' : 'read'}`,
      ...(hint !== undefined && { hint }),
    };
  const octal = (mode & 0o7777).toString(8);
  const message = `${label} belongs to ${describeUser(uid)}, mode ${octal}`;
  if ((mode & 0o1002) !== 0o002) return { ...subject, severity: 'ok', message };
  return {
    ...subject,
    severity: 'warning',
    message: `${message}: everyone on this machine can add and delete files there`,
    hint: `as root, run: chmod o-w ${label}`,
  };
}
