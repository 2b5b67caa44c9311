/** Control characters, characters that change the direction of text, and unpaired surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * Makes text with untrusted names safe for people: line breaks and other white space become spaces, and control, format and
 * unpaired surrogate characters are shown by number, so that none reaches a terminal.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\t\n\v\f\r\u2028\u2029]+/g, ' ').replaceAll(UNPRINTABLE, (character) => {
    const number = character.codePointAt(0) ?? 0;
    return `\\u{${number.toString(16)}}`;
  });
}

/**
 * Returns equivalent JSON that is safe to show on a terminal. JSON itself escapes only control characters below 32. Line breaks
 * between values stay.
 */
export function printableJson(json: string): string {
  return json.replaceAll(UNPRINTABLE, (character) =>
    character === '\n' ? character : escapedUnits(character),
  );
}

function escapedUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, n) => character.charCodeAt(n));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
