import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mountAt, readMounts } from '../../runtime/mounts.ts';
import { describeUser, userWord } from '../../runtime/users.ts';
import type { Check } from '../check.ts';
import type { Judgement } from '../finding.ts';
import type { JudgedUser, Site } from '../site.ts';

/** Types of file systems that are away when something else is. */
const REMOTE = /^(?:nfs|cifs|smb|ceph|9p|fuse\.|glusterfs|afs)/;

/** The state directory. */
export interface State {
  readonly directory: string;
  /** absent: it does not exist, or cannot be read */
  readonly found?: FoundState;
  readonly user: JudgedUser;
}

export interface FoundState {
  readonly uid: number;
  readonly mode: number;
  /** files directly in it that belong to another user */
  readonly foreign: readonly string[];
  /** the type of its file system; undefined if unknown */
  readonly type: string | undefined;
  /** `client/backend` of a backend on the same mount, if that is not the mount of `/` */
  readonly sharedWith?: string;
}

/** Whether the state directory exists, belongs to the daemon's user, and depends on no place. */
export const state: Check = {
  name: 'state',
  run: async (site) => {
    const { stateDirectory: directory, user } = site;
    const isThere = site.ownDirectories.some((own) => own.directory === directory);
    if (!isThere) return judgeState({ directory, user });
    return judgeState({ directory, user, found: await look(directory, site) });
  },
};

async function look(directory: string, { places }: Pick<Site, 'places'>): Promise<FoundState> {
  const { uid, mode } = await stat(directory);
  const mounts = readMounts();
  const mount = mountAt(directory, mounts);
  const shared = places.find(
    ({ role, traits }) =>
      role !== 'source' && traits.isDirectory && mountAt(traits.label, mounts) === mount,
  );
  return {
    uid,
    mode,
    type: mount?.type,
    foreign: await filesOfOthers(directory, uid),
    ...(shared !== undefined &&
      mount?.point !== '/' && { sharedWith: `${shared.client}/${shared.place}` }),
  };
}

async function filesOfOthers(directory: string, uid: number): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const owners = await Promise.all(
    names.map((name) =>
      lstat(join(directory, name)).then(
        (found) => found.uid,
        () => uid, // it is gone
      ),
    ),
  );
  return names.filter((_, i) => owners[i] !== uid).sort();
}

/** Judges the state directory. Pure. The check of the configuration reports that it cannot be written to. */
export function judgeState({ directory, found, user }: State): readonly Judgement[] {
  if (found === undefined)
    return [
      {
        severity: 'warning',
        message: `the state directory ${directory} does not exist yet, so the daemon's user is unknown`,
        hint: `the daemon creates it; or, as root, run: install -d -m 700 -o ${user.uid === 0 ? 'USER' : userWord(user.uid)} ${directory}`,
      },
    ];
  const problems = problemsOf(directory, found);
  if (problems.length > 0) return problems;
  const { uid, mode } = found;
  const about = `belongs to ${describeUser(uid)}, mode ${(mode & 0o7777).toString(8)}`;
  return [{ severity: 'ok', message: `${directory} ${about}` }];
}

function problemsOf(directory: string, found: FoundState): readonly Judgement[] {
  const { uid, mode, foreign, type, sharedWith } = found;
  const problems: Judgement[] = [];
  if ((mode & 0o002) !== 0)
    problems.push({
      severity: 'error',
      message: `everyone can write to the state directory ${directory}`,
      hint: `as root, run: chmod o-w ${directory}`,
    });
  const [first] = foreign;
  if (first !== undefined)
    problems.push({
      severity: 'error',
      message: `${foreign.length} of the files in ${directory} ${foreign.length === 1 ? 'belongs' : 'belong'} to another user than the directory itself, such as ${first}`,
      hint: `as root, run: chown -R ${userWord(uid)} ${directory}`,
    });
  const moveAway =
    'set stateDirectory in backup-syncd.yaml to a directory on a disk of this machine';
  if (sharedWith !== undefined)
    problems.push({
      severity: 'warning',
      message: `the state directory ${directory} is on the disk of backend ${sharedWith}, so the state is lost with that replica`,
      hint: moveAway,
    });
  else if (type !== undefined && REMOTE.test(type))
    problems.push({
      severity: 'warning',
      message: `the state directory ${directory} is on a file system of another machine (${type})`,
      hint: moveAway,
    });
  return problems;
}
