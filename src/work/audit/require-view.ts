import type { View } from '../../repository/view.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { SourceWorkplace } from '../source-workplace.ts';

/** The view to compare a place with. Rejects without one, because a comparison that did not take place proves nothing. */
export function requireView({ view, store }: Pick<SourceWorkplace, 'view' | 'store'>): View {
  const current = view();
  if (current !== undefined) return current;
  const { message = 'it has not been checked yet', hint } = store.source.health.trouble ?? {};
  throw new SyncdError('source_unavailable', `the source cannot be read: ${message}`, hint);
}
