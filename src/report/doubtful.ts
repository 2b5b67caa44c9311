import type { SourceStateName } from './types.ts';

/** Whether something has vanished from the source. It then does not count as a copy, and gives no backend a baseline. */
export function isDoubtful(state: SourceStateName): state is 'suspect' | 'damaged' {
  return state === 'suspect' || state === 'damaged';
}
