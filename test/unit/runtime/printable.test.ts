import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asSyncdError, SyncdError } from '../../../src/runtime/errors.ts';
import { printable } from '../../../src/runtime/printable.ts';

test.each([
  ['plain text, ünïcödé: 漢字 😀', 'plain text, ünïcödé: 漢字 😀'],
  ['\u001B[2Jgone', '\\u{1b}[2Jgone'],
  ['two\r\nlines', 'two lines'],
  ['\u202Egpj.exe', '\\u{202e}gpj.exe'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('no error of ours carries a character that a terminal would obey, in its message or its hint', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const errors = [new SyncdError('tool', text, text), asSyncdError(new Error(text))];
      for (const { message, hint = '' } of errors)
        expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    }),
  );
});
