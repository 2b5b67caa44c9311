import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of all that is below a directory, sorted. Links are not followed, unlike by a recursive readdir without file types. */
export function entriesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
