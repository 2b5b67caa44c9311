import type { BackendConfig } from '../config/types.ts';

/** How often a backend that owes nothing is looked at; milliseconds. */
export interface Pace {
  /** between two looks; undefined: with each poll, as they cost next to nothing */
  readonly probeEveryMs: number | undefined;
  /** a full listing is at most this old */
  readonly listEveryMs: number;
}

const DAY_MS = 24 * 3_600_000;

const DIRECTORY: Pace = { probeEveryMs: undefined, listEveryMs: DAY_MS };

/** A disk that has to be mounted or woken is not, just to see whether it is as it was. */
const AROUND: Pace = { probeEveryMs: DAY_MS, listEveryMs: DAY_MS };

export function paceOf(config: BackendConfig): Pace {
  const local = config.around === undefined ? DIRECTORY : AROUND;
  if (config.kind === 'directory') return local;
  const place = config.kind === 'script' ? config.verify : config;
  return { ...local, ...place };
}
