import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mountAt, readMounts } from '../runtime/mounts.ts';

/** The kernel's list of block devices. */
const BLOCK = '/sys/dev/block';
/** Layers of LVM, encryption and RAID; more are taken for a loop. */
const MOST_LAYERS = 8;

/**
 * The names of the drives that hold a path, such as `sda`, below partitions, LVM, encryption, RAID and loop devices. Empty if there
 * are none, as on a network file system, or if they are not visible.
 *
 * @param path of a place that has just responded
 * @see sysfs(5), and Documentation/ABI/stable/sysfs-block of Linux
 */
export async function physicalDisksOf(path: string, layers = MOST_LAYERS): Promise<string[]> {
  const mount = mountAt(await realpath(path), readMounts());
  if (!mount?.source.startsWith('/dev/')) return [];
  // a file system with several devices, such as btrfs, has a number of its own
  const { rdev } = await stat(mount.source).catch(() => ({ rdev: 0 }));
  return [...new Set(await drivesBelow(numbersOf(rdev), layers))];
}

async function drivesBelow(device: string, layers: number): Promise<string[]> {
  const directory = await realpath(`${BLOCK}/${device}`).catch(() => undefined);
  if (directory === undefined || layers === 0) return [];
  const whole = (await exists(`${directory}/partition`)) ? dirname(directory) : directory;
  const file = await readFile(`${whole}/loop/backing_file`, 'utf8').catch(() => undefined);
  if (file !== undefined) return physicalDisksOf(file.trim(), layers - 1).catch(() => []);
  const slaves = await readdir(`${whole}/slaves`).catch(() => []);
  if (slaves.length === 0) return [basename(whole)];
  const below = await Promise.all(
    slaves.map(async (slave) => {
      const number = await readFile(`${whole}/slaves/${slave}/dev`, 'utf8');
      return drivesBelow(number.trim(), layers - 1);
    }),
  );
  return below.flat();
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Major and minor number, as glibc's gnu_dev_major(3) reads them: `8:1`. */
export function numbersOf(device: number): string {
  const [high, low] = [Math.floor(device / 2 ** 32), device % 2 ** 32];
  const major = ((low >>> 8) & 0xfff) + (high & ~0xfff);
  const minor = (low & 0xff) + ((low >>> 12) & 0xfff00);
  return `${major}:${minor}`;
}
