import { MEANING } from '../runtime/errors.ts';
import type { BackendFacts } from './facts.ts';

/** The time until which a backend may be away; undefined if it is there, should be, or was never seen. */
export function expectedBackAt(
  { place: { up, isMissed, lastContact }, attempts: { trouble } }: BackendFacts,
  offlineMs: number | undefined,
  now: number,
): number | undefined {
  const isAway =
    up === false && isMissed === true && trouble !== undefined && MEANING[trouble.reason].isAway;
  if (!isAway || offlineMs === undefined || lastContact === undefined) return undefined;
  const until = lastContact + offlineMs;
  return now < until ? until : undefined;
}
