import type { ClientReport } from '../report/types.ts';
import type { SAVING } from './names.ts';
import type { Values } from './values.ts';

export function savingValues({ saving }: ClientReport): Values<keyof typeof SAVING> {
  return { state_save_failures_total: saving?.failures };
}
