import { directory } from './directory/kind.ts';
import type { Kind } from './kind.ts';
import { rclone } from './rclone/kind.ts';
import { script } from './script/kind.ts';

/** Every kind of place. The first one is what an error says is missing. */
export const KINDS: readonly Kind[] = [directory, rclone, script];
