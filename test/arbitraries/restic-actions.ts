import fc from 'fast-check';
import type { ResticAction } from './restic-model.ts';

const blobs = fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 5 });

/** A history of a repository: backups that share blobs, snapshots forgotten, prunes. */
export const resticActions: fc.Arbitrary<ResticAction[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: blobs.map((list) => ({ verb: 'backup' as const, blobs: list })) },
    { weight: 2, arbitrary: fc.nat(5).map((which) => ({ verb: 'forget' as const, which })) },
    { weight: 2, arbitrary: fc.constant({ verb: 'prune' as const }) },
  ),
  { maxLength: 12 },
);
