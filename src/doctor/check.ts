import type { Judgement } from './finding.ts';
import type { Site } from './site.ts';

/** A check for something that can be wrong with a set-up. Gathers facts, and judges them by a pure function. Changes nothing. */
export interface Check {
  /** one or two words, which begin each line */
  readonly name: string;
  /** A wait ends when the signal fires. An error means that it is unknown whether something is wrong. */
  readonly run: (site: Site, signal: AbortSignal) => Promise<readonly Judgement[]>;
}
