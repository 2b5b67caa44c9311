import { printable } from './printable.ts';

import { limitHint } from './errno-hints.ts';
import { errorCode, errorMessage } from './system-error.ts';

/** Why a pass, a probe or a scan failed: a closed set, also the label `reason` of the metrics. */
export const REASONS = [
  'unreachable',
  'auth',
  'permission',
  'no_space',
  'not_initialised',
  'diverged',
  'damaged',
  'source_busy',
  'source_unavailable',
  'source_corrupt',
  'verify',
  'tool',
  'timeout',
  'internal',
] as const;
export type Reason = (typeof REASONS)[number];

/** Reasons that need a person; everything else is retried with backoff. */
const BLOCKING: ReadonlySet<Reason> = new Set([
  'not_initialised',
  'diverged',
  'damaged',
  'no_space',
  'source_corrupt',
  'auth',
  'permission',
]);

export function isBlocking(reason: Reason): boolean {
  return BLOCKING.has(reason);
}

/** An error for people, without control characters, that says what is wrong (message), of which class (reason) and what to do (hint). */
export class SyncdError extends Error {
  readonly reason: Reason;
  readonly hint: string | undefined;

  constructor(reason: Reason, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(printable(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SyncdError';
    this.reason = reason;
    this.hint = options.hint === undefined ? undefined : printable(options.hint);
  }
}

/** Ends the program with a given exit code; thrown by commands, caught in main.ts only. Without control characters, as above. */
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

const DEFECT =
  'this is a defect of backup-syncd, or a fault that it does not know: report it, with the lines around it in the log';

/**
 * The error with its class. A limit of this process or machine is named, also where it comes wrapped, as when a thread
 * cannot be started; anything else that nobody has classified is `internal`.
 */
export function asSyncdError(error: unknown): SyncdError {
  if (error instanceof SyncdError) return error;
  const message = errorMessage(error);
  const code = /\bE(?:MFILE|NFILE|NOMEM|AGAIN)\b/.exec(message)?.[0] ?? errorCode(error);
  const hint = limitHint(code);
  return new SyncdError(hint === undefined ? 'internal' : 'tool', message, {
    ...{ cause: error, hint: hint ?? DEFECT },
  });
}
