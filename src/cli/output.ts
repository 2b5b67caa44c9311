import { printable, printableJson } from '../runtime/printable.ts';

/** How a command writes text. Whatever the text holds, it does not steer the terminal. */
export interface Output {
  /** writes one line to standard output */
  readonly out: (line: string) => void;
  /** writes one line to standard error */
  readonly err: (line: string) => void;
  /** writes a value to standard output as indented JSON */
  readonly json: (value: unknown) => void;
}

type Stream = Pick<NodeJS.WriteStream, 'write'>;

/** Writes to the standard streams of a process. */
export function createOutput(stdout: Stream, stderr: Stream): Output {
  return {
    out: (line) => void stdout.write(`${printable(line)}\n`),
    err: (line) => void stderr.write(`${printable(line)}\n`),
    json: (value) => void stdout.write(`${printableJson(JSON.stringify(value, undefined, 2))}\n`),
  };
}
