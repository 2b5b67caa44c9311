/**
 * Text for people that may hold names of hostile origin: line breaks and other white space become spaces, and control,
 * format and unpaired surrogate characters are shown by their number, so that none reaches a terminal.
 */
export function printable(text: string): string {
  return text
    .replaceAll(/[\t\n\v\f\r\u2028\u2029]+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => {
      const number = character.codePointAt(0) ?? 0;
      return `\\u{${number.toString(16)}}`;
    });
}
