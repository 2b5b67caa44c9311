import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryDirectory } from './temp.ts';
import { pathWith, tool, type Generation } from './tools.ts';

/** How the chosen start of rclone fails. */
export type Failing =
  /** at once, before it does anything */
  | 'at once'
  /** after it has done all */
  | 'afterwards'
  /** at once, and so do all that come after it */
  | 'for ever';

/** A program called rclone, first on the PATH, of which one start fails. */
export class FailingRclone {
  readonly env: { readonly PATH: string };
  private readonly directory = temporaryDirectory();
  private readonly starts = join(this.directory, 'starts');
  private readonly order = join(this.directory, 'order');

  constructor(generation: Generation) {
    const program = script(this.starts, this.order, tool('rclone', generation));
    writeFileSync(join(this.directory, 'rclone'), program, { mode: 0o755 });
    this.env = { PATH: [this.directory, pathWith(generation)].join(delimiter) };
    this.heal();
  }

  /** Restarts counting, and makes the start with this number fail, from 1. */
  fail(number: number, how: Failing): void {
    rmSync(this.starts, { recursive: true, force: true });
    mkdirSync(this.starts);
    writeFileSync(this.order, `${number} ${how.replace(' ', '-')}\n`);
  }

  heal(): void {
    this.fail(0, 'at once');
  }

  /** The purpose of each start since then, in order. */
  calls(): string[] {
    return readdirSync(this.starts)
      .sort((a, b) => Number(a) - Number(b))
      .map((number) => readFileSync(join(this.starts, number), 'utf8').trim());
  }
}

/** Each start makes the file of its number, which only one can make. */
function script(starts: string, order: string, rclone: string): string {
  return `#!/bin/sh
set -C
n=1
until { echo "$1 $2" > '${starts}'/"$n"; } 2> /dev/null; do n=$((n + 1)); done
read -r at how < '${order}'
case $how in
  at-once) [ "$n" -ne "$at" ] || exit 1 ;;
  for-ever) [ "$n" -lt "$at" ] || exit 1 ;;
  afterwards) [ "$n" -ne "$at" ] || { '${rclone}' "$@"; exit 1; } ;;
esac
exec '${rclone}' "$@"
`;
}
