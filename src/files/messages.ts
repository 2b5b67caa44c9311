import type { OperationName } from './operations.ts';

/** What is said between a thread for own files and its caller. */
export type ToThread =
  | { readonly id: number; readonly operation: OperationName; readonly args: unknown }
  | {
      readonly id: number;
      readonly socket: 'hold' | 'isHeld';
      readonly args: [directory: string, name: string];
    }
  | {
      readonly id: number;
      readonly socket: 'serve' | 'isServed' | 'close';
      readonly args: [path: string];
    }
  | { readonly conversation: number; readonly say: string }
  | { readonly conversation: number; readonly end: true };

export type FromThread =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: FileFault }
  | { readonly path: string; readonly conversation: number; readonly line: string };

/** An error, as it crosses to another thread. */
export interface FileFault {
  readonly message: string;
  readonly code: string;
  readonly hint: string | undefined;
}
