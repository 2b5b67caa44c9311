import type { Turns } from '../locations/turns.ts';
import type { Kind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';

/** One pass over a backend, as all that takes part in it sees it: what stops it, and whom to tell how it goes. */
export interface Pass {
  readonly signal: AbortSignal;
  /** what it shares with other passes */
  readonly turns: Turns;
  /** milliseconds since the epoch */
  now(): number;
  /** What there is to do is known: at first, and each time the view was taken anew. */
  planned(work: Amount): void;
  /** Objects were moved; whether they are there is not proven. */
  moved(step: SyncStep): void;
  /** Objects are proven to be at the target, whatever becomes of the rest. */
  placed(objects: Objects): void;
  /** Another program shows that it lives; with what is left, where that is known. */
  alive(left?: Amount): void;
  /** A step was taken; a test can end the process there. */
  step(name: StepName): void;
}

export interface Amount {
  readonly objects: number;
  /** undefined when nobody knows */
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
