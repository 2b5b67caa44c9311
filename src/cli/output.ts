import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { fired } from '../runtime/abort.ts';
import { printable, printableJson } from '../runtime/printable.ts';
import type { Line, Piece, Tone } from './render/line.ts';

/** How a command writes text. No text can control the terminal, whatever it contains. */
export interface Output {
  /** writes one line to standard output, in colour if it is a terminal that supports and wants it */
  readonly out: (line: Line) => void;
  /** writes one line to standard error */
  readonly err: (line: string) => void;
  /** writes a value to standard output as indented JSON */
  readonly json: (value: unknown) => void;
  /** waits until the readers have read everything, or are gone; at most so many milliseconds more once the signal fires */
  readonly flush: (signal: AbortSignal, graceMs: number) => Promise<void>;
  /** width of standard output in characters; Infinity if it is not a terminal */
  readonly width: () => number;
  /** replaces the lines shown before, as far as there is room; undefined if standard output is not a terminal */
  readonly redraw: ((lines: readonly Line[]) => void) | undefined;
}

type Stream = Pick<Writable, 'write' | 'on'>;
type Terminal = Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'hasColors'>>;

/** Writes to the standard streams of a process. */
export function createOutput(stdout: Stream & Terminal, stderr: Stream): Output {
  const streams = [stdout, stderr];
  for (const stream of streams) stream.on('error', () => undefined); // EPIPE: nothing reads the rest, as with `head`
  const isTerminal = stdout.isTTY === true;
  // false if NO_COLOR is set
  const show = isTerminal && stdout.hasColors?.() === true ? inColour : plain;
  return {
    out: (line) => void stdout.write(`${show(line)}\n`),
    err: (line) => void stderr.write(`${printable(line)}\n`),
    json: (value) => void stdout.write(`${printableJson(JSON.stringify(value, undefined, 2))}\n`),
    width: () => (isTerminal ? (known(stdout.columns) ?? 80) : Infinity),
    redraw: isTerminal
      ? (lines) => void stdout.write(frame(fitting(lines, known(stdout.rows) ?? 24).map(show)))
      : undefined,
    flush: async (signal, graceMs) => {
      const isOver = fired(signal).then(() => setTimeout(graceMs, undefined, { ref: false }));
      await Promise.race([Promise.all(streams.map(written)), isOver]);
    },
  };
}

/** Node does not wait when it writes to a pipe, and process.exit() drops what has not been read yet. */
function written(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** A terminal that does not know its size reports 0. */
function known(size: number | undefined): number | undefined {
  return size === 0 ? undefined : size;
}

function plain(line: Line): string {
  return typeof line === 'string' ? printable(line) : line.map(plainPiece).join('');
}

function plainPiece(piece: Piece): string {
  return printable(typeof piece === 'string' ? piece : piece.text);
}

function inColour(line: Line): string {
  if (typeof line === 'string') return printable(line);
  return line
    .map((piece) =>
      typeof piece === 'string'
        ? plainPiece(piece)
        : styleText(STYLES[piece.tone], plainPiece(piece), { validateStream: false }),
    )
    .join('');
}

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  ok: 'green',
  busy: 'blue',
  warning: 'yellow',
  critical: ['bold', 'red'],
  unknown: 'magenta',
  soft: 'dim',
  strong: 'bold',
};

/** The lines for which there are rows; the rest is counted. */
function fitting(lines: readonly Line[], rows: number): readonly Line[] {
  if (lines.length < rows) return lines;
  const shown = lines.slice(0, rows - 2);
  return [...shown, `… ${lines.length - shown.length} more lines`];
}

/** Writes from the top left corner, and clears what was right of a line or below the last one. */
function frame(lines: readonly string[]): string {
  return `\u001B[H${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`;
}
