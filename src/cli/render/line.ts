import type { Tone as StatusTone } from '../../report/words.ts';

/** How a piece of text is shown where there is colour. */
export type Tone = StatusTone | 'soft' | 'strong';

export interface Toned {
  readonly text: string;
  readonly tone: Tone;
}

export type Piece = string | Toned;

/** One line of output, with or without colours. */
export type Line = string | readonly Piece[];

export function toned(text: string, tone: Tone): Toned {
  return { text, tone };
}

export function textOf(line: Line | Piece): string {
  if (typeof line === 'string') return line;
  return 'text' in line ? line.text : line.map(textOf).join('');
}

/** Lines with details below another line; what is absent has none. */
export function detailLines(...texts: readonly (string | undefined)[]): string[] {
  return texts.flatMap((text) => (text === undefined ? [] : [`  ${text}`]));
}

/** Wraps the words of a text to a width. Nothing is cut: a word longer than a line gets its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    const hasRoom = line !== undefined && line.length + 1 + word.length <= width;
    if (hasRoom) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines;
}
