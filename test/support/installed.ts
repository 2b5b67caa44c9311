import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainFile } from './cli.ts';
import { temporaryDirectory } from './temp.ts';

/** A directory with the program, as it is called when it is installed; for PATH. */
export function installed(): string {
  const directory = temporaryDirectory();
  const file = join(directory, 'backup-syncd');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`);
  chmodSync(file, 0o755);
  return directory;
}
