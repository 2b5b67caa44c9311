import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDirectory = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the tools are kept: `.tools/` of the checkout, or BACKUP_SYNCD_TOOLS_DIR. */
export function toolsDirectory() {
  return resolve(process.env.BACKUP_SYNCD_TOOLS_DIR ?? join(projectDirectory, '.tools'));
}
