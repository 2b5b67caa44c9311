import type { BackendConfig } from '../config/types.ts';

/** How often a backend that owes nothing is looked at; milliseconds. */
export interface Pace {
  /** between two looks; undefined: with each poll, as they cost next to nothing */
  readonly probeEveryMs: number | undefined;
  /** a full listing is at most this old */
  readonly listEveryMs: number;
}

const DIRECTORY: Pace = { probeEveryMs: undefined, listEveryMs: 24 * 3_600_000 };

export function paceOf(config: BackendConfig): Pace {
  if (config.kind === 'directory') return DIRECTORY;
  const place = config.kind === 'script' ? config.verify : config;
  return { ...DIRECTORY, ...place };
}
