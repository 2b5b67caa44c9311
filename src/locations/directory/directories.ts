import { SHARD_COUNT } from '../../repository/data-catalogue.ts';
import type { HashedKind } from '../../repository/names.ts';

/** The directories of a repository that contain objects. Each is identified by its row, its position here, like the sets of `setsOf`. */
export const DIRECTORIES: readonly string[] = [
  ...['keys', 'index', 'snapshots'],
  ...Array.from({ length: SHARD_COUNT }, (_, i) => `data/${i.toString(16).padStart(2, '0')}`),
];

/** The rows of a kind. */
export const ROWS: Readonly<Record<HashedKind, readonly number[]>> = {
  keys: [0],
  index: [1],
  snapshots: [2],
  data: Array.from({ length: SHARD_COUNT }, (_, i) => 3 + i),
};

export function directoryOf(row: number): string {
  return DIRECTORIES[row] ?? '';
}
