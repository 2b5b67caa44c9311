import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = 'backup-syncd';

interface Package {
  readonly name?: string;
  readonly version: string;
}

/** The path of a file that ships with the program. Its folder contains our package.json, above this code, bundled or not. */
export function packageFile(path: string): string {
  return join(findPackage().directory, path);
}

export function packageVersion(): string {
  return findPackage().found.version;
}

/** The package.json of dist/ only sets the module format of the code there. */
function findPackage(): { readonly directory: string; readonly found: Package } {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const found = readPackage(directory);
    if (found?.name === NAME) return { directory, found };
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`the package.json of ${NAME} is missing`);
    directory = parent;
  }
}

function readPackage(directory: string): Package | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Package;
  } catch {
    return undefined;
  }
}
