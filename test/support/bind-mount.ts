import { onCleanUp } from './clean-up.ts';
import { unmountLazily } from './mounts.ts';
import { runProcess } from './process.ts';
import { temporaryDirectory } from './temp.ts';

/** A directory that can be mounted at a path and taken away again, as a disk; needs 'tmpfs' (to be allowed to mount). */
export class RemovableDisk {
  readonly contents = temporaryDirectory();
  readonly path = temporaryDirectory();

  constructor() {
    onCleanUp(() => this.unmount());
  }

  async mount(): Promise<void> {
    await mount(['--bind', this.contents, this.path]);
  }

  async unmount(): Promise<void> {
    await unmountLazily(this.path);
  }

  async remount(option: 'ro' | 'rw'): Promise<void> {
    await mount(['-o', `remount,bind,${option}`, this.path]);
  }
}

export async function mount(args: readonly string[]): Promise<void> {
  const { code, stderr } = await runProcess('mount', args);
  if (code !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}
