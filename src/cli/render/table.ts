import { textOf, wrap, type Line, type Piece } from './line.ts';

type Row = readonly Piece[];

/** The last column gets at least this many characters, or its own lines. */
const LEAST = 20;
const GAP = '  ';
const INDENT = '  ';

export interface Fit {
  /** of a line, in characters */
  readonly width: number;
  /** columns that may be dropped if there is no room, in this order */
  readonly spare: readonly number[];
}

/** Columns aligned by spaces; the last one is not padded. */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

/**
 * A table that fits a width as far as possible without cutting a cell: the last column wraps, then spare columns are dropped, then
 * the last column moves below the others.
 */
export function fitTable(rows: readonly Row[], { width, spare }: Fit): Line[] {
  const widths = widthsOf(rows);
  const last = widths.length - 1;
  const room = width - sum(widths.slice(0, last)) - last * GAP.length;
  if (room >= Math.min(LEAST, widths[last] ?? 0))
    return rows.flatMap((row) => beside(row, widths, room));
  const [column, ...others] = spare;
  if (column !== undefined) {
    const spared = others.map((other) => (other > column ? other - 1 : other));
    return fitTable(
      rows.map((row) => row.filter((_, i) => i !== column)),
      { width, spare: spared },
    );
  }
  return rows.flatMap((row) => below(row, widths, width));
}

function beside(row: Row, widths: readonly number[], room: number): Line[] {
  const cell = row.at(-1) ?? '';
  const [first = '', ...more] = wrap(textOf(cell), room);
  const indent = ' '.repeat(sum(widths.slice(0, -1)) + (widths.length - 1) * GAP.length);
  return [
    trimmed([...padded(row, widths), withText(cell, first)]),
    ...more.map((text) => `${indent}${text}`),
  ];
}

/** Puts the last cell below the others; if these are too wide, too, each below the first one. */
function below(row: Row, widths: readonly number[], width: number): Line[] {
  const line = trimmed(padded(row, widths));
  const isTooWide = textOf(line).length > width;
  const [first = '', ...others] = row;
  const lower = isTooWide ? others : others.slice(-1);
  const more = lower.filter((cell) => textOf(cell) !== '');
  return [
    isTooWide ? [first] : line,
    ...more.flatMap((cell) =>
      wrap(textOf(cell), width - INDENT.length).map((text): Line => [INDENT, withText(cell, text)]),
    ),
  ];
}

function withText(cell: Piece, text: string): Piece {
  return typeof cell === 'string' ? text : { ...cell, text };
}

/** All cells but the last, each padded to the width of its column plus the gap. */
function padded(row: Row, widths: readonly number[]): Piece[] {
  return row.slice(0, -1).flatMap((cell, i) => {
    const padding = ' '.repeat((widths[i] ?? 0) - textOf(cell).length);
    return [cell, `${padding}${GAP}`];
  });
}

/** The line without trailing spaces. */
function trimmed(line: readonly Piece[]): Line {
  const end = line.findLastIndex((piece) => textOf(piece).trim() !== '');
  return line.slice(0, end + 1);
}

function widthsOf(rows: readonly Row[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries())
      widths[i] = Math.max(widths[i] ?? 0, textOf(cell).length);
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
