import { objectsOf } from './replica.ts';
import type { ResticRepository, SeededRepository } from './restic.ts';
import { changeTree } from './sample-data.ts';

/** Backups that a source has beside the two of the seed. */
export const EXTRA_SNAPSHOTS = 5;

/** A source that grows, and is only read by those who replicate it: rigs may share one. */
export class RigSource {
  readonly repository: ResticRepository;
  readonly path: string;
  /** the objects after each snapshot, and at first none */
  readonly stages: string[][] = [[]];
  private readonly data: string;

  private constructor(seed: SeededRepository) {
    this.repository = seed.repository;
    this.path = seed.path;
    this.data = seed.data;
  }

  static async create(
    seed: SeededRepository,
    extraSnapshots = EXTRA_SNAPSHOTS,
  ): Promise<RigSource> {
    const source = new RigSource(seed);
    source.stages.push(source.objects());
    for (let number = 0; number < extraSnapshots; number += 1) await source.backup(number);
    return source;
  }

  objects(): string[] {
    return objectsOf(this.path);
  }

  async backup(seed: number): Promise<void> {
    changeTree(this.data, { seed: 100 + seed, files: 8 });
    await this.repository.backup(this.data);
    this.stages.push(this.objects());
  }
}
