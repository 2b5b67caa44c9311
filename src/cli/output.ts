import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fired } from '../runtime/abort.ts';
import { printable, printableJson } from '../runtime/printable.ts';

/** How a command writes text. Whatever the text holds, it does not steer the terminal. */
export interface Output {
  /** writes one line to standard output */
  readonly out: (line: string) => void;
  /** writes one line to standard error */
  readonly err: (line: string) => void;
  /** writes a value to standard output as indented JSON */
  readonly json: (value: unknown) => void;
  /** waits until the readers have taken everything, or are gone; at most so many milliseconds more once the signal fires */
  readonly flush: (signal: AbortSignal, graceMs: number) => Promise<void>;
}

type Stream = Pick<Writable, 'write' | 'on'>;

/** Writes to the standard streams of a process. */
export function createOutput(stdout: Stream, stderr: Stream): Output {
  const streams = [stdout, stderr];
  for (const stream of streams) stream.on('error', () => undefined); // EPIPE: as with `head`, nobody reads the rest
  return {
    out: (line) => void stdout.write(`${printable(line)}\n`),
    err: (line) => void stderr.write(`${printable(line)}\n`),
    json: (value) => void stdout.write(`${printableJson(JSON.stringify(value, undefined, 2))}\n`),
    flush: async (signal, graceMs) => {
      const isOver = fired(signal).then(() => setTimeout(graceMs, undefined, { ref: false }));
      await Promise.race([Promise.all(streams.map(written)), isOver]);
    },
  };
}

/** Node writes to a pipe without waiting, and process.exit() drops what the reader has not taken yet. */
function written(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
