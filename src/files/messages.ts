import type { OperationName } from './operations.ts';

/** What a thread for own files is asked to do; it answers each with a result or a FileFault. */
export type ToThread =
  | { readonly operation: OperationName; readonly args: unknown }
  | { readonly socket: 'hold' | 'isHeld'; readonly args: [directory: string, name: string] }
  | { readonly socket: 'serve' | 'isServed' | 'close'; readonly args: [path: string] };

/** What it is to say over a socket, or that it is to hang up. It answers nothing to that. */
export type SocketReply =
  | { readonly conversation: number; readonly say: string }
  | { readonly conversation: number; readonly end: true };

/** What somebody has said over a socket that the thread serves. */
export interface SocketLine {
  readonly path: string;
  readonly conversation: number;
  readonly line: string;
}

/** An error, as it crosses to another thread. */
export interface FileFault {
  readonly message: string;
  readonly code: string;
  readonly hint: string | undefined;
}
