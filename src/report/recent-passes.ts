import type { SyncReport } from '../facts/sync-report.ts';
import type { ClientReport } from './types.ts';

/** A pass over a backend, or several in a row that failed for the same reason. */
export interface RecentPass {
  /** the last one of them */
  readonly pass: SyncReport;
  readonly times: number;
  /** when the first one of them began */
  readonly firstAt: number;
}

/** The number of passes kept per client. */
const MOST = 20;

/** Newest first. Passes that found nothing to do are not kept. Pure. */
export function recordPass(passes: readonly RecentPass[], pass: SyncReport): readonly RecentPass[] {
  const { outcome, sent, backend } = pass;
  const isIdle = outcome === 'nothing' || (outcome === 'cancelled' && sent.objects === 0);
  if (isIdle) return passes;
  const last = passes.find((known) => known.pass.backend === backend);
  if (last === undefined || !isSameFailure(last.pass, pass))
    return [{ pass, times: 1, firstAt: pass.startedAt }, ...passes].slice(0, MOST);
  const again = { ...last, pass, times: last.times + 1 };
  return [again, ...passes.filter((known) => known !== last)];
}

function isSameFailure(a: SyncReport, b: SyncReport): boolean {
  return a.outcome === 'failed' && b.outcome === 'failed' && a.reason === b.reason;
}

/** Whether a pass failed only because its backend is away and is allowed to be. */
export function isAway(
  { backends }: Pick<ClientReport, 'backends'>,
  { backend, outcome }: Pick<SyncReport, 'backend' | 'outcome'>,
): boolean {
  const known = backends.find((candidate) => candidate.backend === backend);
  return outcome === 'failed' && known?.expectedBackAt !== undefined;
}
