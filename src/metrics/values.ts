import type { MetricName } from './names.ts';

/** One number for each value of the last label (`state`, `reason`). */
export type ByLabel = Readonly<Record<string, number>>;

/** An unknown fact is undefined, and its series is absent. */
export type Value = number | undefined | ByLabel;

/** One value for every metric of a family. A metric that is declared but not produced does not compile. */
export type Values<N extends MetricName> = Readonly<Record<N, Value>>;

/** Milliseconds (a time or a duration) as seconds. */
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

/** Age in seconds at `nowMs` of something of `atMs`, never negative. */
export function ageSeconds(atMs: number | undefined, nowMs: number): number | undefined {
  return atMs === undefined ? undefined : Math.max(0, nowMs - atMs) / 1000;
}

export function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** For each state: 1 for itself, and 0 for all others. */
export function oneHot<State extends string>(
  states: readonly State[],
): Readonly<Record<State, ByLabel>> {
  const rows = states.map((state) => [
    state,
    Object.fromEntries(states.map((other) => [other, Number(other === state)])),
  ]);
  return Object.fromEntries(rows) as Record<State, ByLabel>;
}

/** Most reports have the same objects as the one before, so their values are the same objects, too, and are not compared again. */
export function perObject<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const made = new WeakMap<K, V>();
  return (of) => {
    const known = made.get(of);
    if (known !== undefined) return known;
    const value = make(of);
    made.set(of, value);
    return value;
  };
}
