import { UnavailableError } from '../runtime/errors.ts';
import { printable } from '../runtime/printable.ts';

/** Ends the program with a given exit code; thrown by commands, caught in program.ts. Without control characters. */
export class ExitError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;
  /** each is printed on its own line, below the message */
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

/** An error as one text, for a JSON document: with its details, which are otherwise lines below it. */
export function inOneText({ message, details }: Pick<ExitError, 'message' | 'details'>): string {
  return details.length === 0 ? message : `${message} ${details.join('; ')}`;
}

/** Codes from sysexits(3) where one fits. Only `status` and `doctor` use 1, 2 and 3 like a monitoring plug-in. */
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

/** Converts an error to one with an exit code; undefined for errors that do not end the program. */
export function asExitError(error: unknown): ExitError | undefined {
  if (error instanceof ExitError) return error;
  if (!(error instanceof UnavailableError)) return undefined;
  return new ExitError(EXIT[error.why], error.message, error.hint);
}

/** Throws the error of a monitoring plug-in: what is unavailable cannot be examined, so its exit code is UNKNOWN. */
export function throwAsUnknown(error: unknown): never {
  const exit = asExitError(error);
  if (exit?.exitCode !== EXIT.unavailable) throw error;
  throw new ExitError(EXIT.unknown, exit.message, exit.hint);
}
