import { describePause } from '../facts/pause-words.ts';
import type { ClientReport } from './types.ts';

/** `ahost: paused until …`, or `ahost → nas: paused until …` for each backend with a pause of its own. */
export function pausesInWords({ client, pause, backends }: ClientReport): string[] {
  const own = backends.flatMap(({ backend, pause: of }) =>
    of === undefined || of === pause ? [] : [`${client} → ${backend}: ${describePause(of)}`],
  );
  return [...(pause === undefined ? [] : [`${client}: ${describePause(pause)}`]), ...own];
}
