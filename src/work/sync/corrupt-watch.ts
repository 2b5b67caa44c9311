import type { Location } from '../../locations/location.ts';
import type { CorruptSourceObject } from '../../replication/sync.ts';

/** Detects whether corrupt objects of the source were repaired, deleted or replaced, without reading them again. */
export class CorruptWatch {
  private readonly source: Location;
  private corrupt: readonly CorruptSourceObject[] = [];
  private stamp = '';

  constructor(source: Location) {
    this.source = source;
  }

  async remember(corrupt: readonly CorruptSourceObject[], signal: AbortSignal): Promise<void> {
    this.corrupt = corrupt;
    this.stamp = await this.check(signal);
  }

  async hasChanged(signal: AbortSignal): Promise<boolean> {
    return (await this.check(signal)) !== this.stamp;
  }

  private async check(signal: AbortSignal): Promise<string> {
    const found = await Promise.all(
      this.corrupt.map(({ kind, id }) => this.source.stat(kind, [id], { signal })),
    );
    return JSON.stringify(found);
  }
}
