import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds packs of random bytes to a repository, as a killed backup leaves them: restic ignores packs that no index names.
 * Batches of small objects are cheaper to fill by these than by as many backups.
 */
export function addPacks(repository: string, count: number, bytes = 2_000): void {
  for (let i = 0; i < count; i++) {
    const content = randomBytes(bytes);
    const id = createHash('sha256').update(content).digest('hex');
    const directory = join(repository, 'data', id.slice(0, 2));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, id), content, { mode: 0o400 });
  }
}
