import { linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sockets } from '../files/sockets.ts';
import type { ConfigProblem, WithOrigins } from './types.ts';

interface Abilities {
  readonly hasLinks: boolean;
  readonly hasSockets: boolean;
}

/** Finds out what the file systems of the daemon's own directories do not support. Tries it, and leaves nothing behind. */
export async function checkOwnDirectories(
  { config, origins }: WithOrigins,
  isChecked: (directory: string) => boolean,
): Promise<ConfigProblem[]> {
  const { stateDirectory, runtimeDirectory } = config;
  const triesOf = async (directory: string) =>
    isChecked(directory) ? tryOut(directory) : undefined;
  const state = await triesOf(stateDirectory);
  const runtime = await triesOf(runtimeDirectory);
  const warning = (keys: readonly string[], message: string) =>
    origins.locate({ keys, message, severity: 'warning' });
  const ofState = (message: string) => warning(['stateDirectory'], message);
  return [
    ...(state?.hasLinks === false ? [ofState(`"${stateDirectory}" ${NO_LINKS}`)] : []),
    ...(state?.hasSockets === false ? [ofState(`"${stateDirectory}" ${NO_LOCK_SOCKETS}`)] : []),
    ...(runtime?.hasSockets === false
      ? [warning(['runtimeDirectory', 'stateDirectory'], `"${runtimeDirectory}" ${NO_SOCKETS}`)]
      : []),
  ];
}

const NO_LINKS =
  'is on a file system without hard links: locks are directories there, which works, but a local disk with ext4, xfs or btrfs is better';
const NO_LOCK_SOCKETS =
  'is on a file system without sockets: backup-syncd would not notice a daemon in another container that uses this directory; run only one, or use a directory on a local disk';
const NO_SOCKETS =
  'is on a file system without sockets: "status", "sync" and other commands cannot reach the daemon; set runtimeDirectory to a local directory, e.g. /run/backup-syncd';

/** Tries out a directory; undefined if it cannot be written to, which is reported elsewhere, or does not exist yet. */
async function tryOut(directory: string): Promise<Abilities | undefined> {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  let place: string;
  try {
    place = mkdtempSync(join(directory, '.check-config-'));
  } catch {
    return undefined;
  }
  try {
    return { hasLinks: canLink(place), hasSockets: await canListen(place) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function canLink(place: string): boolean {
  const file = join(place, 'file');
  writeFileSync(file, '');
  try {
    linkSync(file, join(place, 'link'));
    return true;
  } catch {
    return false;
  }
}

async function canListen(place: string): Promise<boolean> {
  const sockets = new Sockets();
  try {
    await sockets.hold(place, 'socket');
    return true;
  } catch {
    return false;
  } finally {
    sockets.close(join(place, 'socket'));
  }
}
