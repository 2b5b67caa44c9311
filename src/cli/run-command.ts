import type { LogLevel } from '../log/log.ts';
import type { Context } from './context.ts';

/** Runs a command and returns the exit code. */
export type Run = (action: (context: Context) => Promise<number>) => Promise<void>;

export interface Globals {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
}

/** The options that every command takes. */
export type GetGlobals = () => Globals;
