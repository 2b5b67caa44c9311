/** A file-system error that knows on which side of a copy it happened. */
export class FileProblem extends Error {
  readonly code: string;
  readonly path: string;
  readonly side: 'source' | 'target';

  constructor(error: unknown, side: 'source' | 'target') {
    const { message, code, path } = error as NodeJS.ErrnoException;
    super(message, { cause: error });
    this.name = 'FileProblem';
    this.code = code ?? '';
    this.path = path ?? '';
    this.side = side;
  }
}

/** The code of a file-system error, as `ENOENT`; empty for anything else. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}

/** Runs `action`, giving its errors the side. */
export function onSide<T>(side: 'source' | 'target', action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new FileProblem(error, side);
  }
}
