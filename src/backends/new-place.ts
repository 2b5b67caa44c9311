import type { CallOptions, Location } from '../locations/location.ts';
import type { BackendFacts } from '../facts/facts.ts';
import { SyncdError } from '../runtime/errors.ts';
import { DamagedMarkerError, NewerMarkerError, readMarker, type MarkerOwner } from './marker.ts';

export interface NewPlace extends CallOptions {
  readonly source: Location;
  readonly target: Location;
  /** the kind of the target is a remote */
  readonly isRemote: boolean;
  readonly owner: Pick<MarkerOwner, 'client' | 'backend'>;
  /** the saved facts about this backend */
  readonly known: BackendFacts;
  /** `--adopt` if it was given, for hints */
  readonly flags: readonly string[];
  /** the operator confirmed that the disk or the path is new */
  readonly isNewDisk: boolean;
  /** the operator allowed a replica on the disk of the source or of the system */
  readonly isSameDisk: boolean;
}

/** A place that is only made a backend if a person says that its disk is the right one, with this option. */
export class DiskDoubtError extends SyncdError {
  readonly option: '--new-disk' | '--same-disk';

  constructor(option: DiskDoubtError['option'], message: string, hint: string) {
    super('not_initialised', message, hint);
    this.option = option;
  }
}

/** Whether a backend was ever complete. If so, a place without a marker is not its earlier place. */
export function wasComplete({ contents, attempts }: BackendFacts): boolean {
  return contents.baselineAt !== undefined || attempts.lastSuccess !== undefined;
}

/**
 * Refuses a place without a marker whose disk does not seem to be mounted: if the backend was complete before, or if the place is
 * on the disk of the source or of the system. A place with a marker was chosen before.
 *
 * @throws a DiskDoubtError, before anything is made
 */
export async function requireRightDisk(place: NewPlace): Promise<void> {
  if (await isMarked(place)) return;
  if (!place.isNewDisk && wasComplete(place.known)) throw notMounted(place);
  if (!place.isSameDisk) await requireOwnDisk(place);
}

async function isMarked({ target, signal }: NewPlace): Promise<boolean> {
  try {
    return (await readMarker(target, { signal })) !== undefined;
  } catch (error) {
    if (error instanceof DamagedMarkerError) return true;
    if (error instanceof NewerMarkerError) throw error;
    if (error instanceof SyncdError && error.reason === 'not_initialised') return false;
    throw error;
  }
}

function notMounted(place: NewPlace): DiskDoubtError {
  const { target, isRemote, owner } = place;
  const what = isRemote ? 'its marker is missing' : 'there is no marker';
  const first = isRemote
    ? 'check the remote and the path'
    : `mount its disk first ('findmnt --target ${target.label}' shows what is mounted there now)`;
  return new DiskDoubtError(
    '--new-disk',
    `backend ${owner.backend} of ${owner.client} was complete before, but not in this place: ${what} at ${target.label}`,
    `${first}; only if this is a new disk or a new place, run: ${commandOf(place, '--new-disk')}`,
  );
}

async function requireOwnDisk(place: NewPlace): Promise<void> {
  const { source, target, signal } = place;
  const [ours, theirs] = await Promise.all([source.disk({ signal }), target.disk({ signal })]);
  if (theirs === undefined) return;
  const isOn = (names: readonly string[] = []) => theirs.place.some((name) => names.includes(name));
  const isWithSource = isOn(ours?.place);
  if (!isWithSource && !isOn(theirs.system)) return;
  const other = isWithSource ? `the source ${source.label}` : 'the operating system (/)';
  throw new DiskDoubtError(
    '--same-disk',
    `${target.label} is on the same file system or pool as ${other}: you would lose both together`,
    `mount its disk first, then run the command again; if you do want a replica on that disk, run: ${commandOf(place, '--same-disk')}`,
  );
}

function commandOf({ owner, flags, isNewDisk, isSameDisk }: NewPlace, added: string): string {
  const given = [...(isNewDisk ? ['--new-disk'] : []), ...(isSameDisk ? ['--same-disk'] : [])];
  const options = [...flags, ...given, added].join(' ');
  return `backup-syncd backend init ${options} ${owner.client} ${owner.backend}`;
}
