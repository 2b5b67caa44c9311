import type { Doors, Passer } from '../backends/around.ts';
import type { BackendConfig } from '../config/types.ts';

/** Does something at a backend, between what mounts or wakes it and what releases it. */
export type Around = <T>(signal: AbortSignal, action: () => Promise<T>) => Promise<T>;

/** Nothing is around what is done at a backend that is always there. */
export function aroundOf({ around }: BackendConfig, doors: Doors, passer: Passer): Around {
  if (around === undefined) return (_signal, action) => action();
  return (signal, action) => doors.around(around, { ...passer, signal }, action);
}
