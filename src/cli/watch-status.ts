import { setTimeout as wait } from 'node:timers/promises';
import { throwIfAborted } from '../runtime/abort.ts';
import type { Context } from './context.ts';
import { asExitError } from './exit-error.ts';
import { toned, type Line } from './render/line.ts';

/** The refresh interval, in milliseconds: on a terminal, and where each refresh prints a new block. */
const TERMINAL_MS = 2_000;
const PLAIN_MS = 30_000;

/**
 * Refreshes the output until the command is stopped: in place on a terminal, elsewhere as a block with its time. Errors are shown,
 * too, and may be gone the next time.
 */
export async function watchStatus(
  { out, redraw, clock, signals: { stop } }: Pick<Context, 'out' | 'redraw' | 'clock' | 'signals'>,
  render: () => Promise<readonly Line[]>,
): Promise<never> {
  for (;;) {
    const time = new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 19);
    const lines = [[toned(`${time} UTC`, 'soft')], '', ...(await orProblem(render))];
    throwIfAborted(stop);
    if (redraw === undefined) for (const line of [...lines, '']) out(line);
    else redraw(lines);
    await wait(redraw === undefined ? PLAIN_MS : TERMINAL_MS, undefined, { signal: stop });
  }
}

async function orProblem(render: () => Promise<readonly Line[]>): Promise<readonly Line[]> {
  try {
    return await render();
  } catch (error) {
    const exit = asExitError(error);
    if (exit === undefined) throw error;
    const { message, details, hint } = exit;
    return [message, ...details, ...(hint === undefined ? [] : [hint])];
  }
}
