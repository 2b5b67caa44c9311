import { constants } from 'node:os';
import { abortError, fired, sharedController } from '../runtime/abort.ts';

/** The signals of the user to a running command. */
export interface Signals {
  /** fires on the first SIGINT or SIGTERM, and on SIGHUP unless `onHangup` was called: take no new work, save, end */
  readonly stop: AbortSignal;
  /** fires on the second one: end at once */
  readonly hurry: AbortSignal;
  /** Makes SIGHUP call the handler from now on, and stop nothing, as for other daemons. */
  readonly onHangup: (handler: () => void) => void;
  /** 129, 130 or 143 once stopped */
  readonly exitCode: () => number;
  /** restores the default effect of the signals */
  readonly restore: () => void;
}

const NAMES = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
type Name = (typeof NAMES)[number];

/**
 * Signals that have no meaning here and would do harm: SIGUSR1 makes Node open its debugger on a port that every local user can
 * connect to, and SIGUSR2 ends the process.
 */
const IGNORED = ['SIGUSR1', 'SIGUSR2'] as const;

/** Listens to the signals of a process. */
export function watchSignals(process: NodeJS.Process): Signals {
  const stop = sharedController();
  const hurry = new AbortController();
  let received: Name = 'SIGTERM';
  let hangUp: (() => void) | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && hangUp !== undefined) {
      hangUp();
      return;
    }
    if (stop.signal.aborted) hurry.abort();
    else received = name as Name;
    stop.abort();
  };
  const ignore = () => undefined;
  for (const name of NAMES) process.on(name, onSignal);
  for (const name of IGNORED) process.on(name, ignore);
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    onHangup: (handler) => {
      hangUp = handler;
    },
    exitCode: () => 128 + constants.signals[received],
    restore: () => {
      for (const name of NAMES) process.removeListener(name, onSignal);
    },
  };
}

/** The result of some work. Rejects on a second Ctrl-C, which does not wait for anything. */
export async function unlessHurried<T>(
  work: Promise<T>,
  { hurry }: Pick<Signals, 'hurry'>,
): Promise<T> {
  const hurried = async (): Promise<never> => {
    await fired(hurry);
    throw abortError(hurry);
  };
  return Promise.race([work, hurried()]);
}
