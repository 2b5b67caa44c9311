/** Characters that a terminal obeys or that change the order of what it shows, and unpaired surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/**
 * Text for people that may hold names of hostile origin: line breaks and other white space become spaces, and control,
 * format and unpaired surrogate characters are shown by their number, so that none reaches a terminal.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\t\n\v\f\r\u2028\u2029]+/g, ' ').replaceAll(UNPRINTABLE, (character) => {
    const number = character.codePointAt(0) ?? 0;
    return `\\u{${number.toString(16)}}`;
  });
}

/**
 * A JSON text of the same meaning that a terminal can show. JSON itself escapes only the control characters below 32. Line
 * breaks between values stay.
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
