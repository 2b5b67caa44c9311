import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temp.ts';

/** A program that notes what it is given, says a word, and exits as the file `status` beside it says. */
const NOTING = `#!/bin/sh
cd "$(dirname "$0")"
n=$(ls -d run.* 2>/dev/null | wc -l)
mkdir "run.$n"
env >"run.$n/env"
cat >"run.$n/stdin"
cp "$BACKUP_SYNCD_ADDED_FILE" "run.$n/added"
cp "$BACKUP_SYNCD_REMOVED_FILE" "run.$n/removed"
touch "run.$n/ready"
echo "hello from run $n"
echo "a complaint" >&2
exit "$(cat status 2>/dev/null || echo 0)"
`;

export class NotingScript {
  readonly directory = temporaryDirectory();
  readonly path = writeScript(this.directory, NOTING);

  exitWith(status: number): void {
    writeFileSync(join(this.directory, 'status'), `${status}\n`);
  }

  get runs(): number {
    return readdirSync(this.directory).filter((name) => name.startsWith('run.')).length;
  }

  read(run: number, file: 'env' | 'stdin' | 'added' | 'removed'): string {
    return readFileSync(join(this.directory, `run.${run}`, file), 'utf8');
  }

  lines(run: number, file: 'added' | 'removed'): string[] {
    return this.read(run, file).split('\n').slice(0, -1);
  }
}

/** An executable `script` in a directory; answers its path. */
export function writeScript(directory: string, text: string): string {
  const path = join(directory, 'script');
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}
