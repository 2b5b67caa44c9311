import type { DisabledClient } from '../config/types.ts';
import type { DisabledState } from '../report/types.ts';

/** What the report says of a disabled client. */
export function disabledState({ name, reason, since, by }: DisabledClient): DisabledState {
  return {
    client: name,
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { since }),
    ...(by !== undefined && { by }),
  };
}
