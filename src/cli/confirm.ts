import { createInterface } from 'node:readline/promises';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';

/**
 * Asks a question on the terminal, and returns whether the answer was yes.
 *
 * @param question without the choice of answers
 * @param hint what to do where there is no terminal
 * @throws an ExitError where there is no terminal, so that `--yes` is needed
 */
export async function confirm(
  { isTerminal, signals }: Context,
  question: string,
  hint?: string,
): Promise<boolean> {
  if (!isTerminal || !process.stdin.isTTY)
    throw new ExitError(
      EXIT.usage,
      'cannot ask for confirmation without a terminal: add --yes',
      hint,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: signals.stop });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
