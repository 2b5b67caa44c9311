import { run, SOCKETS, type Args, type OperationName, type Result } from './operations.ts';
import type { OnLine } from './sockets.ts';

/** The files and sockets in directories of our own: state, runtime, configuration. */
export interface OwnFiles {
  /**
   * Rejects with the error of the file system, or with code ETIMEDOUT when the file system does not respond. Bytes to write are
   * transferred to the thread: the caller must not use them afterwards.
   */
  call<N extends OperationName>(operation: N, args: Args<N>): Promise<Result<N>>;
  /** Accepts one line per connection, for the owner only. Replaces an existing socket. */
  serve(path: string, onLine: OnLine): Promise<void>;
}

/** Runs in this thread: for tests, and for commands that have checked that the directory responds. */
export const DIRECT_FILES: OwnFiles = {
  call: async (operation, args) => run(operation, args),
  serve: async (path, onLine) => SOCKETS.serve(path, onLine),
};
