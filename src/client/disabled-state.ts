import type { DisabledClient } from '../config/types.ts';
import type { DisabledState } from '../report/types.ts';
import { optional } from '../runtime/optional.ts';

/** The report of a disabled client. */
export function disabledState({ name, reason, since, by }: DisabledClient): DisabledState {
  return { client: name, ...optional({ reason, since, by }) };
}
