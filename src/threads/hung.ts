import { SyncdError } from '../runtime/errors.ts';

/** @param silenceMs how long it has been silent, in milliseconds; absent if an earlier call still hangs */
export function hung(place: string, silenceMs?: number): SyncdError {
  const howLong = silenceMs === undefined ? '' : ` for ${Math.round(silenceMs / 1000)} s`;
  return new SyncdError('timeout', `the file system at ${place} has not responded${howLong}`, {
    hint: `check its mount: a plain \`ls ${place}\` will hang too; remount it, or stop what it waits for`,
  });
}
