import type { Refusal } from '../../../runtime/refusal.ts';

/** An error of the file system, as it crosses the thread boundary. */
export interface FileError {
  readonly message: string;
  readonly code: string;
  readonly path: string;
  /** on which side of a copy it happened */
  readonly side: 'source' | 'target';
  /** of a permission: what refused it; absent when that could not be found */
  readonly refusal?: Refusal | undefined;
}

/** An error of a file-system call, with its code and its side; classified by the location. */
export class FileCallError extends Error {
  readonly fault: FileError;

  constructor(fault: FileError) {
    super(fault.message);
    this.name = 'FileCallError';
    this.fault = fault;
  }
}
