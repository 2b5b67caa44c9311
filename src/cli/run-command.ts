import type { LogLevel } from '../log/log.ts';
import type { Context } from './context.ts';

/** The options that every command takes. */
export interface Globals {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
}

/** Runs a command, which returns the exit code. */
export type Run = (
  action: (context: Context, globals: Globals) => Promise<number>,
) => Promise<void>;
