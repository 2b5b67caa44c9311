import { sharedController } from '../runtime/abort.ts';

/** What the user asks of a running command by signals. */
export interface Signals {
  /** fires at the first SIGINT, SIGTERM or SIGHUP: take no new work, save, end */
  readonly stop: AbortSignal;
  /** fires at the second: end at once */
  readonly hurry: AbortSignal;
  /** 130 or 143 once stopped */
  readonly exitCode: () => number;
  /** gives the signals their default effect again */
  readonly restore: () => void;
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Name = keyof typeof NUMBERS;

export function watchSignals(process: NodeJS.Process): Signals {
  const stop = sharedController();
  const hurry = new AbortController();
  let received: Name = 'SIGTERM';
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) hurry.abort();
    else received = name as Name;
    stop.abort();
  };
  const names = Object.keys(NUMBERS) as Name[];
  for (const name of names) process.on(name, onSignal);
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    exitCode: () => 128 + NUMBERS[received],
    restore: () => {
      for (const name of names) process.removeListener(name, onSignal);
    },
  };
}
