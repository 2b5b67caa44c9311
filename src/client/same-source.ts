import type { FactStore } from '../facts/fact-store.ts';
import type { Location } from '../locations/location.ts';
import type { View } from '../repository/view.ts';
import { configProblem } from './config-problem.ts';
import { emptiedProblem } from './emptied-problem.ts';

interface Known {
  readonly store: FactStore;
  readonly source: Location;
  /** whether the operator accepted a `config` with this SHA-256 at a backend */
  readonly isAccepted: (configSha256: string, signal: AbortSignal) => Promise<boolean>;
}

/** Refuses a view of another repository than before, unless the operator accepted its `config`. */
export async function requireSameRepository(
  view: View,
  { store, source, isAccepted }: Known,
  signal: AbortSignal,
): Promise<void> {
  const { configSha256: known } = store.source.contents;
  if (known === undefined || known === view.configSha256) return;
  if (await isAccepted(view.configSha256, signal)) return;
  throw configProblem(view, store.facts, source.label);
}

/** If there were snapshots, there must be some, unless a person accepted that there are none. */
export function requireSnapshots(
  { objects: { snapshots } }: View,
  { store, source }: Pick<Known, 'store' | 'source'>,
): void {
  const { snapshots: known } = store.source.contents;
  const { noticed } = store.source.health;
  if (snapshots.count > 0 || known === undefined || known.count === 0) return;
  if (noticed?.isAccepted !== true) throw emptiedProblem(store.facts, source.label);
}
