import { EXIT, ExitError } from './exit-error.ts';

/** Ends a command that did nothing, because a person has paused the place. */
export class PausedExit extends ExitError {
  constructor(message: string, hint?: string) {
    super(EXIT.failed, message, hint);
  }
}

/** Which places a person has named. */
export interface Named {
  readonly isBackendNamed: boolean;
  readonly isClientNamed: boolean;
}

/**
 * Whether it is a failure that nothing is done where a place is paused: if the place was named, or if nothing is left of a client that
 * was. Otherwise, the pause was announced. Pure.
 */
export function isRefusal(
  { isBackendNamed, isClientNamed }: Named,
  areAllPaused: boolean,
): boolean {
  return isBackendNamed || (isClientNamed && areAllPaused);
}
