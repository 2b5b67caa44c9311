import { UnavailableError } from '../runtime/errors.ts';
import { printable } from '../runtime/printable.ts';

/** Ends the program with a given exit code; thrown by commands, caught in program.ts. Without control characters. */
export class ExitError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;
  /** each is shown on a line of its own, below the message */
  readonly details: readonly string[];

  // eslint-disable-next-line max-params -- what, what to do about it, and a list
  constructor(exitCode: number, message: string, hint?: string, details: readonly string[] = []) {
    super(printable(message));
    this.name = 'ExitError';
    this.exitCode = exitCode;
    this.hint = hint === undefined ? undefined : printable(hint);
    this.details = details.map(printable);
  }
}

/** sysexits(3) where it has a word for it; `status` alone uses 1, 2, 3 as monitoring plug-ins do. */
export const EXIT = {
  ok: 0,
  failed: 1,
  warning: 1,
  critical: 2,
  unknown: 3,
  usage: 64,
  unavailable: 69,
  busy: 75,
  configuration: 78,
} as const;

/** The error as one with an exit code; undefined for any that is no reason to end the program. */
export function asExitError(error: unknown): ExitError | undefined {
  if (error instanceof ExitError) return error;
  if (!(error instanceof UnavailableError)) return undefined;
  return new ExitError(EXIT[error.why], error.message, error.hint);
}
