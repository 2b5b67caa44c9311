import { EXIT, ExitError } from './exit-error.ts';

/** Nothing was done, because a person has paused the place. */
export class PausedExit extends ExitError {
  constructor(message: string, hint?: string) {
    super(EXIT.failed, message, hint);
  }
}

/** What a person typed, to do something at places. */
export interface Asked {
  /** the backends were asked for by name */
  readonly isAsked: boolean;
  /** the clients were */
  readonly isNamed: boolean;
}

/**
 * Whether it is a failure that nothing is done where a place is paused: if the place was named, or if nothing is left of a client that
 * was. Otherwise, the pause was announced. Pure.
 */
export function isRefusal({ isAsked, isNamed }: Asked, areAllPaused: boolean): boolean {
  return isAsked || (isNamed && areAllPaused);
}
