/** A piece of a hint: words, or a command to copy. */
export interface HintPart {
  readonly text: string;
  readonly isCommand: boolean;
}

/** Commands are in backticks, or are the rest of a line. */
export function partsOf(hint: string): HintPart[] {
  const marked = hint.includes('`') ? hint : hint.replaceAll(COMMAND, '`$1`');
  return marked
    .split('`')
    .map((text, index) => ({ text, isCommand: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

const COMMAND = /(?<=^|: )((?:backup-syncd|restic|sudo|chown|chmod|mount(?= [-/])) .+)$/gm;
