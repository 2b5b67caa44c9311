import { SyncdError } from '../runtime/errors.ts';
import { formatBytes } from '../runtime/units.ts';

interface Lack {
  /** of the place, for people */
  readonly label: string;
  readonly freeBytes: number;
  /** to be sent */
  readonly neededBytes: number;
  readonly minFreeBytes: number;
  readonly hint: string;
}

/** The refusal to send what would leave less than `minFree`. */
export function noSpace(lack: Lack): SyncdError {
  const { label, freeBytes, neededBytes, minFreeBytes, hint } = lack;
  const free = `${formatBytes(freeBytes)} free at ${label}`;
  const kept = `${formatBytes(minFreeBytes)} must stay free (minFree)`;
  const message =
    freeBytes < minFreeBytes
      ? `${free}, ${kept}`
      : `${free}, ${formatBytes(neededBytes)} to be sent, ${kept}`;
  return new SyncdError('no_space', message, { hint });
}
