import { truncateSync, writeFileSync } from 'node:fs';
import { mount } from './bind-mount.ts';
import { onCleanUp } from './clean-up.ts';
import { unmountLazily } from './mounts.ts';
import { runProcess } from './process.ts';
import { temporaryDirectory } from './temp.ts';

/** Makes a file that holds an empty ext4. */
export async function makeExt4(file: string, bytes: number): Promise<void> {
  writeFileSync(file, '');
  truncateSync(file, bytes);
  const { code, stderr } = await runProcess('mkfs.ext4', ['-q', file]);
  if (code !== 0) throw new Error(`mkfs.ext4: ${stderr}`);
}

/** Mounts the file system that a file holds, through a loop device; needs 'loop'. */
export async function mountFile(file: string): Promise<{ path: string; unmount(): Promise<void> }> {
  const path = temporaryDirectory();
  onCleanUp(() => unmountLazily(path));
  await mount(['-o', 'loop', file, path]);
  async function unmount(): Promise<void> {
    const { code, stderr } = await runProcess('umount', [path]);
    if (code !== 0) throw new Error(`umount: ${stderr}`);
  }
  return { path, unmount };
}
