import type { Doors, Passer } from '../work/around.ts';
import type { BackendConfig } from '../config/types.ts';
import type { BackendPass } from './pass.ts';

/** Does something at a backend, between what mounts or wakes it and what releases it. */
export type Around = <T>(pass: BackendPass, action: () => Promise<T>) => Promise<T>;

/** Nothing is around what is done at a backend that is always there. */
export function aroundOf({ around }: BackendConfig, doors: Doors, passer: Passer): Around {
  if (around === undefined) return (_pass, action) => action();
  return (pass, action) => {
    const { signal } = pass;
    const during = <T>(what: string, work: () => Promise<T>) => pass.during(what, work);
    return doors.around(around, { ...passer, signal, during }, action);
  };
}
