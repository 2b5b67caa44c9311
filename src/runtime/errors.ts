import { printable } from './printable.ts';

import { limitHint } from './errno-hints.ts';
import { errorCode, errorMessage } from './system-error.ts';

/** The meaning of a reason for the backend that failed with it. */
interface ReasonMeaning {
  /** A person must act: the backend is `blocked`, and is only checked. Anything else is retried with backoff. */
  readonly isBlocking: boolean;
  /** Whether the backend is down. `program` means: only if the operator's own program failed with it. */
  readonly isDown: boolean | 'program';
  /** A disk that is away, as `offline` allows, can fail like this. */
  readonly isAway: boolean;
  /** A successful check of the backend disproves it, so there is no need to wait longer. */
  readonly isDisprovedByInspection: boolean;
}

const RETRIED = { isBlocking: false, isDown: false, isAway: false, isDisprovedByInspection: false };
const BLOCKED = { ...RETRIED, isBlocking: true };
const FAILED_PROGRAM = { ...RETRIED, isDown: 'program' } as const;
const GONE = { ...RETRIED, isDown: true, isAway: true, isDisprovedByInspection: true };
const REFUSED = { ...BLOCKED, isDown: true, isDisprovedByInspection: true };

/** Why a pass, a probe or a scan failed, and what that means: a closed set, also the label `reason` of the metrics. */
export const MEANING = {
  unreachable: GONE,
  auth: REFUSED,
  permission: REFUSED,
  no_space: BLOCKED,
  not_initialised: { ...REFUSED, isAway: true },
  diverged: { ...BLOCKED, isDisprovedByInspection: true },
  damaged: BLOCKED,
  source_busy: RETRIED,
  source_unavailable: RETRIED,
  source_corrupt: BLOCKED,
  verify: FAILED_PROGRAM,
  tool: FAILED_PROGRAM,
  timeout: GONE,
  internal: FAILED_PROGRAM,
} as const satisfies Readonly<Record<string, ReasonMeaning>>;

export type Reason = keyof typeof MEANING;

export const REASONS = Object.keys(MEANING) as readonly Reason[];

/** An error for people, without control characters, that says what is wrong (message), of which class (reason) and what to do (hint). */
export class SyncdError extends Error {
  readonly reason: Reason;
  readonly hint: string | undefined;

  // eslint-disable-next-line max-params -- its class, what is wrong, what to do, and the error behind it
  constructor(reason: Reason, message: string, hint?: string, cause?: unknown) {
    super(printable(message), cause === undefined ? undefined : { cause });
    this.name = 'SyncdError';
    this.reason = reason;
    this.hint = hint === undefined ? undefined : printable(hint);
  }
}

/** The work did not begin, because a person has paused the place: nothing has failed. */
export class PausedError extends SyncdError {
  readonly isPaused = true;
}

/**
 * Something that the program itself needs is not available: its state, its address, its socket, or the daemon that it asks.
 * Without control characters, as above.
 */
export class UnavailableError extends Error {
  readonly why: 'unavailable' | 'busy' | 'configuration';
  readonly hint: string | undefined;

  constructor(why: UnavailableError['why'], message: string, hint?: string) {
    super(printable(message));
    this.name = 'UnavailableError';
    this.why = why;
    this.hint = hint === undefined ? undefined : printable(hint);
  }
}

const DEFECT =
  'this is a bug in backup-syncd, or an error that it does not recognise: please report it, with the surrounding lines of the log';

/**
 * The error with its class. A limit of this process or machine is named, even if the error is wrapped, for example when a thread
 * cannot be started. Any other unclassified error is `internal`.
 */
export function asSyncdError(error: unknown): SyncdError {
  if (error instanceof SyncdError) return error;
  const message = errorMessage(error);
  const code = /\bE(?:MFILE|NFILE|NOMEM|AGAIN)\b/.exec(message)?.[0] ?? errorCode(error);
  const hint = limitHint(code);
  return new SyncdError(hint === undefined ? 'internal' : 'tool', message, hint ?? DEFECT, error);
}
