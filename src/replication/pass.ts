import type { Turns } from '../locations/turns.ts';
import type { Kind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';

/** One pass over a backend, for everything that takes part in it: its signal and its progress callbacks. */
export interface Pass {
  readonly signal: AbortSignal;
  /** what it shares with other passes */
  readonly turns: Turns;
  /** milliseconds since the epoch */
  now(): number;
  /** Called when the work is known: at first, and each time the view was taken again. */
  planned(work: Amount): void;
  /** Called when objects were sent, before they are proven to be there. */
  moved(step: SyncStep): void;
  /** Called when objects are proven to be at the target, whatever happens to the rest. */
  placed(objects: Objects): void;
  /** Called when another program shows that it is alive, with the remaining work if known. */
  alive(left?: Amount): void;
  /** Called after each step, where a test can kill the process. */
  step(name: StepName): void;
}

export interface Amount {
  readonly objects: number;
  /** undefined when unknown */
  readonly bytes?: number | undefined;
}

export interface SyncStep {
  readonly phase: Kind;
  readonly objects: number;
  readonly bytes: number;
}

export const STEP_NAMES = [
  'swept',
  'config-written',
  'keys-received',
  'keys-proven',
  'data-received',
  'data-proven',
  'index-received',
  'index-proven',
  'snapshots-received',
  'snapshots-proven',
] as const;
export type StepName = (typeof STEP_NAMES)[number];
