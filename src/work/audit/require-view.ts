import type { View } from '../../repository/view.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { SourceWorkplace } from '../source-workplace.ts';

type Known = Pick<SourceWorkplace, 'view' | 'store'>;

/** The reason why the source has no valid view, for a place that should be compared with it. */
export function whyNoView({ store }: Pick<Known, 'store'>) {
  const { message = 'it has not been checked yet', hint } = store.source.health.trouble ?? {};
  const source = { message, hint };
  return { source, other: { message: `the source cannot be read: ${message}`, hint } };
}

/** The view to compare a place with. Rejects without one, because a comparison that did not take place proves nothing. */
export function requireView({ view, store }: Known): View {
  const current = view();
  if (current !== undefined) return current;
  const { message, hint } = whyNoView({ store }).other;
  throw new SyncdError('source_unavailable', message, hint);
}
