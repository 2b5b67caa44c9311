import { randomBytes } from 'node:crypto';
import type { CallOptions } from '../location.ts';
import * as args from './arguments.ts';
import type { Target } from './target.ts';

export const TEMPORARY = '.backup-syncd/tmp';

/** Replaces a small file. Where half a file could be visible, it gets its name when it is complete (I3). */
export async function writeObject(
  { rclone, root, placing }: Pick<Target, 'rclone' | 'root' | 'placing'>,
  { path, content }: { readonly path: string; readonly content: Buffer },
  { signal }: CallOptions,
): Promise<void> {
  const final = `${root}${path}`;
  if (placing === 'direct') {
    await rclone.must(args.rcat(final), { signal, input: content });
    return;
  }
  const staged = `${root}${TEMPORARY}/${randomBytes(6).toString('hex')}`;
  await rclone.must(args.rcat(staged), { signal, input: content });
  await rclone.move((how) => args.moveTo(staged, final, how), { signal });
}
