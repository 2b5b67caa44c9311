import type { Site } from './site.ts';

/** Series of /metrics with their values: states, counts and answers; no times, sizes or counters, which always move. */
export type Facts = ReadonlyMap<string, number>;

const MOVING = /_(seconds|bytes|total|bucket|sum|count|info)(\{|$)/;
/** Metrics of which one series is 1 and the others are 0, so only that one is recorded. */
const ONE_HOT = /[{,](state|reason)="/;

export async function readFacts(site: Site): Promise<Facts> {
  const text = await site.daemon.get('/metrics').catch(() => '');
  const lines = text.split('\n').filter((line) => line.startsWith('backup_syncd_'));
  const facts = lines.map((line): [string, number] => {
    const at = line.lastIndexOf(' ');
    return [line.slice(0, at), Number(line.slice(at + 1))];
  });
  return new Map(facts.filter(([series]) => !MOVING.test(series)));
}

/** The changed series, as lines; none if the daemon does not answer. */
export function changesOf(before: Facts, now: Facts): string[] {
  if (now.size === 0) return [];
  const changed = [...new Set([...before.keys(), ...now.keys()])].flatMap((series) => {
    const [was, is] = [before.get(series), now.get(series)];
    if (was === is || (ONE_HOT.test(series) && is === 0)) return [];
    return `${series} ${is ?? 'absent'}`;
  });
  return changed.sort();
}

/**
 * The facts that are not yet as they were when all was well, except for counts, which grow. After a start, some facts come late.
 */
export function notYetBack(well: Facts, now: Facts): string[] {
  const isBack = ([series, value]: readonly [string, number]) =>
    ONE_HOT.test(series) ? now.get(series) === value : now.has(series);
  return [...well].filter((one) => !isBack(one)).map(([series]) => series);
}
