import type { ClientFacts, SourceFacts } from '../facts/facts.ts';
import { owedWithoutPauses, pausesOver } from '../facts/pauses.ts';
import { lagOf } from '../replication/completeness.ts';
import { isDoubtful } from './doubtful.ts';
import type { BackendState } from './types.ts';

/** Without a lag if the source has no valid view or the backend was never seen. Pure. */
export function withLag(
  state: BackendState,
  { source, backends, pauses }: ClientFacts,
  now: number,
): BackendState {
  const missing = backends.get(state.backend)?.contents.missing;
  if (missing === undefined || !hasView(source)) return state;
  const oldest = now - lagOf(missing, now);
  const over = pausesOver(pauses, state.backend, now);
  return { ...state, lagMs: now - owedWithoutPauses(oldest, over) };
}

/** The time of a pause does not count as lag. Pure. */
export function withoutPauses(
  state: BackendState,
  { pauses }: ClientFacts,
  now: number,
): BackendState {
  const over = pausesOver(pauses, state.backend, now);
  if (over.length === 0 || state.missing === undefined) return state;
  const missing = state.missing.map(({ id, owedSince }) => ({
    id,
    owedSince: owedWithoutPauses(owedSince, over),
  }));
  return { ...state, missing };
}

/** A suspect or damaged source can still be listed, unless more than packs is missing. */
function hasView({ health: { state, observedAt, lastScanAt } }: SourceFacts): boolean {
  return state === 'ok' || (isDoubtful(state) && observedAt === lastScanAt);
}
