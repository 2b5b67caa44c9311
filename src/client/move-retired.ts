import type { Backend } from '../backends/backend.ts';
import type { Retirement, RetireStep } from '../backends/retire.ts';
import type { BackendFacts, ClientFacts } from '../facts/facts.ts';
import type { View } from '../repository/view.ts';
import { isRetiredDate } from '../repository/retired.ts';
import { refusal } from '../replication/plan-retirement.ts';
import type { ControlRequest } from './control-protocol.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { SourceLoop } from './source-loop.ts';

/** The request of a person. */
export type RetireMessage = Extract<ControlRequest, { verb: 'retire' | 'restore-retired' }>;

interface RetireJob {
  readonly ask: RetireMessage;
  /** undefined only where objects are moved back */
  readonly view: View | undefined;
  readonly signal: AbortSignal;
}

interface Known {
  readonly known: BackendFacts;
  /** milliseconds since the epoch */
  readonly now: number;
  readonly onStep: (step: RetireStep) => void;
}

/** Refuses to move objects aside if the source may be damaged, or has no snapshots. */
function requireGoodSource({ client, source }: ClientFacts): void {
  const { health, contents, guard } = source;
  const { state } = health;
  const { snapshots } = contents;
  if (state !== 'ok')
    throw refusal(
      `nothing was moved: the source is ${state}, so what is missing there may have been lost`,
      `to see what vanished there, run: backup-syncd status ${client}`,
    );
  const [alarm] = guard.alarms ?? [];
  if (alarm !== undefined)
    throw refusal(
      `nothing was moved: there is an alarm at the source: ${alarm.message}`,
      `find out who did it; if it was intended, or everything is back, run: backup-syncd ack ${client} --reason TEXT`,
    );
  if (snapshots === undefined || snapshots.count === 0)
    throw refusal(
      'nothing was moved: the source has no snapshots, so every snapshot at the backend would be moved',
      'check that this is the right source',
    );
}

/** Takes a fresh view. Moving aside needs a source that is `ok`; moving back works in any state. */
export async function viewFor(
  ask: RetireMessage,
  { loop, store, signal }: { loop: SourceLoop; store: FactStore; signal: AbortSignal },
): Promise<View | undefined> {
  const fresh = loop.freshView(signal, 'full');
  if (ask.verb === 'restore-retired') return fresh.catch(() => loop.view);
  const view = await fresh;
  requireGoodSource(store.facts);
  return view;
}

export function notConfigured(backend: string): Error {
  return new Error(`there is no backend ${backend} in the configuration in use`);
}

/** Moves objects of a backend that was just inspected. */
export async function moveRetired(
  backend: Backend,
  { ask, view, signal }: RetireJob,
  { known, now, onStep }: Known,
): Promise<Retirement> {
  const { isDryRun } = ask;
  const { managed: ours, owner } = backend;
  if (ours === undefined)
    throw refusal(
      'a script writes to this backend, so backup-syncd moves nothing there',
      "use the script's own tools to remove what the source no longer has",
    );
  if (ask.verb === 'restore-retired') {
    const { date } = ask;
    if (date !== undefined && !isRetiredDate(date))
      throw refusal(
        `${date} is not the date of a retirement`,
        'write the date like this: 2026-11-28T224928Z',
      );
    const { proven: complete, arrivals } = known.contents;
    const needs = { complete, arrivals, owner };
    return ours.restore({ ...needs, date, isDryRun, onStep, signal });
  }
  if (view === undefined) throw new Error('there is no view of the source');
  const { keys, all, objects } = ask;
  const { complete, arrivals } = known.contents;
  const selection = { keys, all, objects };
  return ours.retire(view, {
    owner,
    selection,
    complete,
    arrivals,
    isDryRun,
    now,
    onStep,
    signal,
  });
}
