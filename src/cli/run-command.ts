import type { LogLevel } from '../log/log.ts';
import type { Context } from './context.ts';

/** The options that every command takes. */
export interface Globals {
  readonly configDir: string;
  readonly logLevel?: LogLevel;
}

/** The options of one command, without its arguments. */
export type Flags<Options, Argument extends keyof Options> = Omit<
  Options,
  keyof Globals | Argument
>;

/** The options of most commands about one client. */
export interface ClientOptions extends Globals {
  readonly client: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Runs a command, which returns the exit code. */
export type Run = (
  action: (context: Context, globals: Globals) => Promise<number>,
) => Promise<void>;
