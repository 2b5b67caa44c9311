import { NO_STRAYS } from '../../../src/backends/list-objects.ts';
import { NO_OBJECTS } from '../../../src/repository/objects.ts';

/** A backend with a baseline that has lost nothing; what it holds is for the test to add. */
export const SOUND_CONTENT = {
  isDamaged: false,
  lost: NO_OBJECTS,
  lostUnnamed: 0,
  held: undefined,
  baselineAt: 1,
  strays: NO_STRAYS,
};
export const OWNER = { client: 'ahost', backend: 'nas', writer: 'here' };
export const TRAITS = {
  countsAsCopy: true,
  hasMarker: true,
  isRunContact: false,
  mayDelete: false,
};
export const CLOCK = { now: () => 9, elapsedMs: () => 0, random: () => 0 };
