import type { Context } from '../context.ts';

/** Lines that stay, and on a terminal one line below them that is rewritten. */
export interface Screen {
  say(line?: string): void;
  show(text: string): void;
}

const ERASE = '\r\u001b[K';

export function createScreen({ out }: Context, output: NodeJS.WriteStream): Screen {
  if (!output.isTTY) return { say: (line = '') => out(line), show: () => undefined };
  let shown = '';
  return {
    say: (line = '') => {
      out(`${ERASE}${line}`);
      output.write(shown);
    },
    show: (text) => {
      shown = text.slice(0, (output.columns || 80) - 1);
      output.write(`${ERASE}${shown}`);
    },
  };
}
