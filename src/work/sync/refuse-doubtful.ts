import type { Backend } from '../../backends/backend.ts';
import { hasVanished } from '../../replication/plan.ts';
import type { View } from '../../repository/view.ts';
import type { BackendSettings } from '../settings.ts';
import { sourceDoubtful } from './complaints.ts';
import type { FactStore } from '../../facts/fact-store.ts';

interface Place {
  readonly backend: Backend;
  readonly config: Pick<BackendSettings, 'traits'>;
  readonly store: FactStore;
}

/**
 * Rejects where packs are missing that have vanished from the source, where nothing was ever complete, and where a script
 * would be run, of which nobody knows what it deletes. What is complete already stays so.
 */
export function refuseDoubtful(view: View, { backend, config, store }: Place): void {
  if (view.vanished === undefined) return;
  const isHarmless =
    !config.traits.mayDelete &&
    backend.baselineAt !== undefined &&
    hasVanished(view, backend.objects);
  if (!isHarmless) throw sourceDoubtful(store.source);
}
