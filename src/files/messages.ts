import type { OperationName } from './operations.ts';

/** A request to a thread for own files, which answers each with a result or a FileFault. */
export type ToThread =
  { readonly operation: OperationName; readonly args: unknown } | { readonly serve: string };

/** A line to send over a socket, or the request to close it. The thread does not answer. */
export type SocketReply =
  | { readonly conversation: number; readonly say: string }
  | { readonly conversation: number; readonly end: true };

/** A line received over a socket that the thread serves. */
export interface SocketLine {
  readonly path: string;
  readonly conversation: number;
  readonly line: string;
}

/** An error in the form that crosses to another thread. */
export interface FileFault {
  readonly message: string;
  readonly code: string;
  readonly hint: string | undefined;
}

/**
 * The memory of these bytes, if they have it for themselves: it can be handed over to another thread instead of copied. The caller
 * then no longer has it.
 */
export function memoryOf(bytes: unknown): ArrayBuffer[] {
  if (!(bytes instanceof Uint8Array) || !(bytes.buffer instanceof ArrayBuffer)) return [];
  return bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}
