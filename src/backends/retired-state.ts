import type { Care } from '../locations/care.ts';
import type { CallOptions, Location } from '../locations/location.ts';
import { refusal } from '../replication/plan-retirement.ts';
import { Catalogue, common } from '../repository/catalogue.ts';
import { NO_OBJECTS, withoutNames, type Objects } from '../repository/objects.ts';
import { retirablesOf, type RetirableKind, type RetirableObject } from '../repository/retired.ts';
import type { SyncdError } from '../runtime/errors.ts';
import type { MarkerOwner } from './marker.ts';
import {
  restoreRetired,
  retire,
  type RestoreRequest,
  type Retirement,
  type RetireOptions,
} from './retire.ts';

/** The known objects that a person moved aside at a backend. */
export class RetiredState {
  private readonly location: Location;
  /** undefined until they are listed */
  known: Objects | undefined;

  constructor(location: Location) {
    this.location = location;
  }

  /** Lists them at the first inspection and at every full one. */
  async refresh(options: CallOptions & { readonly care: Care }): Promise<Objects> {
    const { known } = this;
    return known === undefined || options.care === 'full' ? this.list(options) : known;
  }

  /** Returns what is left in addition to what was moved. */
  async retire(
    options: Omit<RetireOptions, 'place'>,
  ): Promise<Retirement & { readonly left: Objects }> {
    const { present, isDryRun } = options;
    const done = await retire({ ...options, place: this.location.retired });
    await this.list(options);
    const left = isDryRun ? present : withoutNames(present, objectsOf(retirablesOf(done.moved)));
    return { ...done, left };
  }

  /** Returns what came back in addition to what was moved, with the sizes of the last listing. */
  async restore(options: RestoreRequest): Promise<Retirement & { readonly back: Objects }> {
    const { known = NO_OBJECTS } = this;
    const done = await restoreRetired({ ...options, place: this.location.retired });
    await this.list(options);
    const moved = objectsOf(options.isDryRun ? [] : retirablesOf(done.moved));
    const backOf = (kind: RetirableKind) => common(known[kind], moved[kind]);
    const back = { keys: backOf('keys'), index: backOf('index'), snapshots: backOf('snapshots') };
    return { ...done, back: { ...NO_OBJECTS, ...back } };
  }

  forget(): void {
    this.known = undefined;
  }

  private async list(options: CallOptions): Promise<Objects> {
    return (this.known = objectsOf(await this.location.retired.list(options)));
  }
}

/** Indexes may move only while everything that the source has is there. */
export function incompleteError(label: string, { client }: MarkerOwner): SyncdError {
  return refusal(
    `nothing was moved: ${label} does not have everything that the source has`,
    `wait until it is complete, or run: backup-syncd sync ${client}`,
  );
}

function objectsOf(files: readonly (RetirableObject & { readonly size?: number })[]): Objects {
  const of = (kind: RetirableKind) =>
    Catalogue.from(files.filter((file) => file.kind === kind).map(({ id, size }) => [id, size]));
  return { ...NO_OBJECTS, keys: of('keys'), index: of('index'), snapshots: of('snapshots') };
}
