import { onCleanUp } from './clean-up.ts';
import { unmountLazily } from './mounts.ts';
import { runProcess } from './process.ts';
import { temporaryDirectory } from './temp.ts';

export type Tmpfs = { readonly path: string; unmount(): Promise<void> };

/** A file system of its own that fills up soon; needs 'tmpfs'. */
export async function mountTmpfs(options: {
  readonly sizeBytes: number;
  readonly inodes?: number;
}): Promise<Tmpfs> {
  const path = temporaryDirectory();
  const inodes = options.inodes === undefined ? '' : `,nr_inodes=${options.inodes}`;
  const settings = `size=${options.sizeBytes}${inodes}`;
  const { code, stderr } = await runProcess('mount', [
    '-t',
    'tmpfs',
    '-o',
    settings,
    'tmpfs',
    path,
  ]);
  if (code !== 0) throw new Error(`cannot mount a tmpfs: ${stderr}`);
  const unmount = (): Promise<void> => unmountLazily(path);
  onCleanUp(unmount);
  return { path, unmount };
}
