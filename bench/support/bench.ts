import type { Row } from './result.ts';

/** What a case is given. */
export interface Bench {
  /** dist/main.js */
  readonly program: string;
  readonly rclone: string;
  /** an empty directory of its own, removed afterwards */
  readonly directory: string;
  /** smaller sizes, for CI */
  readonly isShort: boolean;
  readonly say: (line: string) => void;
}

export interface Case {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<Row[]>;
}

/** The best that rclone can do here and be right: the names and sizes compared, no more. */
export function rcloneSync(from: string, to: string): string[] {
  return [
    ...['--config', '/dev/null', 'sync', '--size-only', '--no-update-modtime'],
    ...['--exclude', '/locks/**', '--exclude', '/.backup-syncd/**', from, to],
  ];
}
