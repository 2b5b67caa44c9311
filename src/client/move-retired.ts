import type { Backend } from '../backends/backend.ts';
import type { Retirement, RetireStep } from '../backends/retire.ts';
import type { BackendFacts, SourceFacts } from '../report/facts.ts';
import type { View } from '../repository/view.ts';
import { isRetiredDate } from '../repository/retired.ts';
import { refusal } from '../replication/plan-retirement.ts';
import type { ControlRequest } from './control-protocol.ts';
import type { FactStore } from './fact-store.ts';
import type { SourceLoop } from './source-loop.ts';

/** What a person asks for. */
export type RetireAsk = Extract<ControlRequest, { verb: 'retire' | 'restore-retired' }>;

interface RetireJob {
  readonly ask: RetireAsk;
  /** undefined only where things are put back */
  readonly view: View | undefined;
  readonly signal: AbortSignal;
}

interface Known {
  readonly known: BackendFacts;
  /** milliseconds since the epoch */
  readonly now: number;
  readonly onStep: (step: RetireStep) => void;
}

/** Nothing is moved aside on the word of a source that may be damaged, or of one that has lost all of its snapshots. */
function requireGoodSource({ state, snapshots }: SourceFacts): void {
  if (state !== 'ok')
    throw refusal(
      `the source is ${state}: what it lacks may only be lost`,
      'see: backup-syncd status',
    );
  if (snapshots === undefined || snapshots.count === 0)
    throw refusal(
      'the source has no snapshot: everything would be moved',
      'is it the right source?',
    );
}

/**
 * To move aside takes a fresh view of a source that is as it should be; whatever is wrong with the source, things can be put
 * back.
 */
export async function viewFor(
  ask: RetireAsk,
  { loop, store, signal }: { loop: SourceLoop; store: FactStore; signal: AbortSignal },
): Promise<View | undefined> {
  const fresh = loop.freshView(signal, { incremental: false });
  if (ask.verb === 'restore-retired') return fresh.catch(() => loop.view);
  const view = await fresh;
  requireGoodSource(store.source);
  return view;
}

export function notConfigured(backend: string): Error {
  return new Error(`there is no backend ${backend} in the configuration that is in use`);
}

/** To be called after a look. */
export async function moveRetired(
  backend: Backend,
  { ask, view, signal }: RetireJob,
  { known, now, onStep }: Known,
): Promise<Retirement> {
  const { isDryRun } = ask;
  if (backend.retire === undefined || backend.aside === undefined)
    throw refusal(
      'a script fills that backend: what lies there is its own affair',
      'remove there by hand what the source no longer has',
    );
  if (ask.verb === 'restore-retired') {
    const { date } = ask;
    if (date !== undefined && !isRetiredDate(date))
      throw refusal(`${date} is no date of what was retired`, 'such as 2026-11-28T224928Z');
    return backend.aside.restore({ date, isDryRun, onStep, signal });
  }
  if (view === undefined) throw new Error('there is no view of the source');
  const { keys, all, objects } = ask;
  const { proven, arrivals } = known;
  const selection = { keys, all, objects };
  return backend.retire(view, { selection, proven, arrivals, isDryRun, now, onStep, signal });
}
