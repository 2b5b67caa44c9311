import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from './tools.ts';

/** The steps of a document, in order. */
export type Step =
  | {
      readonly kind: 'commands';
      readonly terminal: number;
      readonly text: string;
      /** what they print */
      readonly printed?: string;
      readonly line: number;
    }
  /** what a phone says */
  | { readonly kind: 'message'; readonly text: string; readonly line: number };

/** The commands of a document, each with the output below it, and the messages (quotations) that arrive. */
export function stepsOf(document: string): Step[] {
  const text = readFileSync(join(projectDirectory, document), 'utf8');
  const steps: Step[] = [];
  const found = text.matchAll(/^```(\w+)(?: terminal (\d))?\n(.*?)^```$|^> .*?(?=\n\n)/gms);
  for (const { 0: all, 1: language, 2: terminal = '1', 3: inner = '', index } of found) {
    const line = text.slice(0, index).split('\n').length;
    const last = steps.at(-1);
    if (language === undefined)
      steps.push({
        kind: 'message',
        text: all.replaceAll(/^> /gm, '').replaceAll('\n', ' '),
        line,
      });
    else if (language === 'sh')
      steps.push({ kind: 'commands', terminal: Number(terminal), text: inner, line });
    else if (language === 'text' && last?.kind === 'commands')
      steps[steps.length - 1] = { ...last, printed: inner };
    else throw new Error(`${document}:${line}: a block that is neither commands nor their output`);
  }
  return steps;
}

/** The texts that differ each time and on each machine, with their placeholders. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\bby \S+ \(\d+\)/g, 'by USER'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z|\d{8}T\d{6}Z/g, 'DATE'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/@\[[\d.]+\]/g, '@[TIME]'],
  [/\b\d+(\.\d+)? (B|[KMGT]iB)\b/g, 'SIZE'],
  [/\b[0-9a-f]{8,64}\b/g, 'ID'],
  [/\b\d+(ms|[smhd])( \d+[smh])?( ago)?\b/g, 'TIME'],
  [/\b(disabled) now\b/g, '$1 TIME'],
  [/(?<= {2})now\b/g, 'TIME'], // in a column
  [/\b\d+:\d\d\b/g, 'TIME'],
  [/ {2,}(?=\S)/g, '  '],
  [/ +$/gm, ''],
];

/** Without what is different each time. Indentation stays. */
function masked(text: string, home: string): string {
  const here = text
    .replaceAll(home, '/home/you')
    .replaceAll(/^ +/gm, (indent) => indent.replaceAll(' ', '\u00A0'));
  return VARIABLE.reduce((known, [pattern, word]) => known.replaceAll(pattern, word), here).trim();
}

/** Whether this was printed; `…` stands for anything, on a line of its own for any number of lines. */
export function isPrinted(expected: string, actual: string, home: string): boolean {
  const pattern = masked(expected, home)
    .split(/^…\n|\n…$|\n…(?=\n)/m)
    .map((part) => part.split('…').map(escaped).join('.*'))
    .join('[^]*');
  return new RegExp(`^${pattern}$`).test(masked(actual, home));
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
