import type { Backend } from '../../backends/backend.ts';
import { hasVanished } from '../../replication/plan.ts';
import type { View } from '../../repository/view.ts';
import type { BackendSettings } from '../settings.ts';
import { sourceDoubtful, underAlarm } from './sync-errors.ts';
import type { FactStore } from '../../facts/fact-store.ts';

interface Place {
  readonly client: string;
  readonly backend: Backend;
  readonly config: Pick<BackendSettings, 'traits'>;
  readonly store: FactStore;
}

/**
 * Refuses to sync from a doubtful source: if packs that vanished from it are missing there, if nothing was ever complete, or if a
 * script would run, which may delete anything. A script does not run under an alarm either. What is already complete stays complete.
 */
export function refuseDoubtful(view: View, { client, backend, config, store }: Place): void {
  const alarm = config.traits.mayDelete ? underAlarm(client, store.source) : undefined;
  if (alarm !== undefined) throw alarm;
  if (view.vanished === undefined) return;
  const isHarmless =
    !config.traits.mayDelete &&
    backend.known.baselineAt !== undefined &&
    hasVanished(view, backend.known.objects);
  if (!isHarmless) throw sourceDoubtful(store.source);
}
