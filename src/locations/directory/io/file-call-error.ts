import type { FileError, Outcome } from './protocol.ts';

/** An error of a file-system call, with its code and its side; classified by the location. */
export class FileCallError extends Error {
  readonly code: string;
  readonly path: string;
  readonly side: 'source' | 'target';
  readonly refusal: FileError['refusal'];

  constructor(error: FileError) {
    super(error.message);
    this.name = 'FileCallError';
    this.code = error.code;
    this.path = error.path;
    this.side = error.side;
    this.refusal = error.refusal;
  }
}

/** Throws a FileCallError for an error of the file system. */
export function resultOf(outcome: Outcome): unknown {
  if ('error' in outcome) throw new FileCallError(outcome.error);
  return outcome.result;
}
