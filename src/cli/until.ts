import { formatLocal, parseLocal } from '../runtime/local-time.ts';
import { parseDuration } from '../runtime/units.ts';
import { EXIT, ExitError } from './exit-error.ts';

/** The last time that has four digits for its year. */
const LAST_TIME = Date.UTC(9999, 11, 31);

/**
 * The instant that a person means by a duration from now, or by a date. Throws an ExitError unless it is in the future, and
 * can be written as a date.
 */
export function untilOf(text: string, now: number): number {
  const forMs = parseDuration(text);
  const at = forMs === undefined ? parseLocal(text) : now + forMs;
  if (at === undefined)
    throw new ExitError(
      EXIT.usage,
      `--until ${text} is neither a duration nor a date that exists`,
      "for example --until 2h, --until 2030-12-04 or --until '2030-12-04 18:00'",
    );
  if (at > LAST_TIME)
    throw new ExitError(EXIT.usage, `--until ${text} is too far away`, WITHOUT_END);
  if (at <= now)
    throw new ExitError(
      EXIT.usage,
      `--until ${text} is not in the future${forMs === undefined ? `: it means ${formatLocal(at)}` : ''}`,
      `it is ${formatLocal(now)} now`,
    );
  return at;
}

const WITHOUT_END =
  'to stop a client for an indefinite time, run: backup-syncd client disable CLIENT';
