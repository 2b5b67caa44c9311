// Text for man(7).

/** A text as part of a line, with the characters that roff would change or execute. */
export function roff(text: string): string {
  return text.replaceAll(
    /[^a-zA-Z0-9 ]/gu,
    (character) => ESCAPED[character] ?? unicode(character),
  );
}

/** A text as lines of its own: a dot at the start of one is no request. */
export function roffLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('.') ? `\\&${roff(line)}` : roff(line)))
    .join('\n');
}

/** An argument of a macro. */
export function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

function unicode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return character;
  return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
