import type { Doors, Passer } from '../work/around.ts';
import type { BackendConfig } from '../config/types.ts';
import type { PassProgress } from './pass-progress.ts';

/** The pass that is inside. */
interface Inside {
  readonly signal: AbortSignal;
  readonly progress: PassProgress;
}

/** Does something at a backend, between what mounts or wakes it and what releases it. */
export type Around = <T>(pass: Inside, action: () => Promise<T>) => Promise<T>;

/** Nothing is around what is done at a backend that is always there. */
export function aroundOf({ around }: BackendConfig, doors: Doors, passer: Passer): Around {
  if (around === undefined) return (_pass, action) => action();
  return ({ signal, progress }, action) => {
    const during = <T>(what: string, work: () => Promise<T>) => progress.during(what, work);
    return doors.around(around, { ...passer, signal, during }, action);
  };
}
