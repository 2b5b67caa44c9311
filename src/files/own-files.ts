import { run, type Args, type OperationName, type Result } from './operations.ts';
import { Sockets, type OnLine } from './sockets.ts';

/** The files and sockets in directories of our own: state, runtime, configuration. */
export interface OwnFiles {
  /**
   * Rejects with the error of the file system, or with code ETIMEDOUT when the file system does not respond. Bytes to write are
   * transferred to the thread: the caller must not use them afterwards.
   */
  call<N extends OperationName>(operation: N, args: Args<N>): Promise<Result<N>>;
  readonly sockets: OwnSockets;
}

/** See Sockets, which does it. */
export interface OwnSockets {
  hold(directory: string, name: string): Promise<void>;
  serve(path: string, onLine: OnLine): Promise<void>;
  isServed(path: string): Promise<boolean>;
  close(path: string): Promise<void>;
  isHeld(directory: string, name: string): Promise<boolean>;
}

/** Runs in this thread: for tests, and for commands that have checked that the directory responds. */
export class DirectFiles implements OwnFiles {
  private readonly own = new Sockets();
  readonly sockets: OwnSockets = {
    hold: (directory, name) => this.own.hold(directory, name),
    serve: (path, onLine) => this.own.serve(path, onLine),
    isServed: async (path) => Promise.resolve(this.own.isServed(path)),
    close: async (path) => {
      await Promise.resolve();
      this.own.close(path);
    },
    isHeld: (directory, name) => this.own.isHeld(directory, name),
  };

  async call<N extends OperationName>(operation: N, args: Args<N>): Promise<Result<N>> {
    return Promise.resolve(run(operation, args));
  }
}

export const DIRECT_FILES: OwnFiles = new DirectFiles();
