import type { Context } from '../context.ts';

/** Prints permanent lines and, on a terminal, one line below them that is rewritten until the next permanent line. */
export interface Screen {
  print(line: string): void;
  show(text: string): void;
}

const ERASE = '\r\u001b[K';

export function createScreen({ out }: Context, output: NodeJS.WriteStream): Screen {
  if (!output.isTTY) return { print: out, show: () => undefined };
  let shown = '';
  return {
    print: (line) => {
      if (shown !== '') output.write(ERASE);
      out(line);
      shown = '';
    },
    show: (text) => {
      if (text === shown) return;
      shown = text;
      output.write(`${ERASE}${text.slice(0, (output.columns || 80) - 1)}`);
    },
  };
}
