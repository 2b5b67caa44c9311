import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A plain script: it lists one directory after the other and copies missing files, once. Packs are listed before
 * the snapshots that may come to need others, and it takes its time, as over a network. For contrast only.
 */
export async function mirrorNaively(
  source: string,
  target: string,
  { pauseMs }: { readonly pauseMs: number },
): Promise<void> {
  for (const kind of ['config', 'keys', 'data', 'index', 'snapshots']) {
    for (const path of filesBelow(source, kind)) copyIfMissing(source, target, path);
    await sleep(pauseMs);
  }
}

function filesBelow(root: string, kind: string): string[] {
  if (kind === 'config') return ['config'];
  return readdirSync(join(root, kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function copyIfMissing(source: string, target: string, path: string): void {
  if (existsSync(join(target, path))) return;
  mkdirSync(dirname(join(target, path)), { recursive: true });
  try {
    copyFileSync(join(source, path), join(target, path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // pruned meanwhile
  }
}
