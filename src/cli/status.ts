import { toStatusDocument } from '../report/document.ts';
import { assessAll } from '../report/overall.ts';
import type { Severity } from '../report/types.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import type { Context } from './context.ts';
import { lookAround } from './look-around.ts';
import { renderStatus } from './render/status.ts';

export interface StatusOptions {
  readonly configDir: string;
  readonly clients: readonly string[];
  readonly json?: boolean;
}

const EXIT_OF: Readonly<Record<Severity, number>> = {
  ok: EXIT.ok,
  warning: EXIT.warning,
  critical: EXIT.critical,
  unknown: EXIT.unknown,
};

/** `status`: every client in every place, from the running daemons or from what is remembered. */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  try {
    return await show(context, options);
  } catch (error) {
    if (!(error instanceof ExitError) || error.exitCode !== EXIT.unavailable) throw error;
    throw new ExitError(EXIT.unknown, error.message, error.hint); // as a monitoring plug-in says it
  }
}

async function show(context: Context, options: StatusOptions): Promise<number> {
  const { picture, found } = await lookAround(context, options);
  if (options.json === true) context.json(toStatusDocument(picture));
  else for (const line of renderStatus(found, picture, context.clock.now())) context.out(line);
  return EXIT_OF[assessAll(picture).severity];
}
