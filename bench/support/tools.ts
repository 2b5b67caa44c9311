import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureTools } from '../../scripts/tools/ensure-tools.mjs';

export const projectDirectory = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const directory = resolve(
  process.env['BACKUP_SYNCD_TOOLS_DIR'] ?? join(projectDirectory, '.tools'),
);

export interface Tool {
  readonly path: string;
  readonly version: string;
}

/** Fetches the tools of the cases if they are missing. Returns the problem if a tool is not available. */
export async function bringTools(): Promise<string | undefined> {
  const tools = await ensureTools({ only: ['newest/rclone', 'newest/restic', 'minio'] });
  const missing = tools.filter(({ reason }) => reason !== undefined);
  if (missing.length === 0) return undefined;
  return missing.map(({ id, reason }) => `the benchmarks need ${id}: ${reason ?? ''}`).join('\n');
}

/** The newest rclone, as `node scripts/tools/main.mjs` brings it. */
export function findRclone(): Tool {
  return findTool('newest/rclone');
}

export function findTool(name: string): Tool {
  const folder = join(directory, name);
  const tool = JSON.parse(readFileSync(join(folder, 'tool.json'), 'utf8')) as Record<
    string,
    string
  >;
  return { path: join(folder, tool['binary'] ?? ''), version: tool['version'] ?? '' };
}
