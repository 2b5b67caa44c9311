import * as tty from 'node:tty';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createOutput } from '../../../src/cli/output.ts';
import { html } from '../../../src/http/page/html.ts';
import { LineWriter } from '../../../src/log/line-writer.ts';
import { createLog } from '../../../src/log/pino-log.ts';
import { EXIT, ExitError } from '../../../src/cli/exit-error.ts';
import { recorded } from '../../support/recorded.ts';

const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
// eslint-disable-next-line no-control-regex -- what the log adds itself
const COLOURS_AND_LINES = /\u001B\[\d+m|\n/g;
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u001B[2J', '\u009B31m', '\u202Egnp.exe', 'a\r\nOK', '\u{E0041}', '\uD800'),
);

/** A log, and its output since the last call. */
function recordedLog(pretty: boolean) {
  const written: string[] = [];
  const output = new LineWriter(2);
  output.write = (line) => void written.push(line);
  return {
    log: createLog({ level: 'info', pretty, output, now: () => 0 }),
    take: () => written.splice(0).join(''),
  };
}

test('no line of a command and no cell of the page carries a character that a terminal obeys', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { written, stream } = recorded();
      const { out, err } = createOutput(stream, stream);
      out(text);
      err(text);
      for (const line of [...written.map((line) => line.slice(0, -1)), html`${text}`.markup])
        expect(line).not.toMatch(OBEYED);
      const { message, hint, details } = new ExitError(EXIT.failed, text, text, [text]);
      expect([message, hint, ...details].join('')).not.toMatch(OBEYED);
    }),
  );
});

test('JSON keeps its meaning and is safe on a terminal', () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, hostile), (value) => {
      const { written, stream } = recorded();
      createOutput(stream, stream).json(value);

      expect(JSON.stringify(JSON.parse(written.join('')))).toBe(JSON.stringify(value));
      expect(written.join('').replaceAll('\n', '')).not.toMatch(OBEYED);
    }),
  );
});

test('neither form of the log carries a character that a terminal obeys; as JSON it keeps each of them', () => {
  const [terminal, file] = [recordedLog(true), recordedLog(false)];
  fc.assert(
    fc.property(hostile, (text) => {
      terminal.log.warn({ hint: text, list: [text] }, text);
      expect(terminal.take().replaceAll(COLOURS_AND_LINES, '')).not.toMatch(OBEYED);

      file.log.warn({ hint: text }, text);
      const line = file.take();
      expect(line.slice(0, -1)).not.toMatch(OBEYED);
      const { msg, hint } = JSON.parse(line) as { msg: string; hint: string };
      expect([msg, hint].map(wellFormed)).toEqual([text, text].map(wellFormed));
    }),
  );
});

test('on a terminal, a line begins with the client and the backend that it is about', () => {
  const { log, take } = recordedLog(true);
  const said = (fields: object) => {
    log.warn(fields, 'text');
    return take().replaceAll(COLOURS_AND_LINES, '');
  };
  expect(said({})).toMatch(/WARN: text$/);
  expect(said({ client: 'ahost' })).toMatch(/WARN: ahost: text$/);
  expect(said({ client: 'ahost', backend: 'nas' })).toMatch(/WARN: ahost → nas: text$/);
  log.child({ client: 'ahost', backend: 'nas' }).info({}, 'text');
  expect(take().replaceAll(COLOURS_AND_LINES, '')).toMatch(/INFO: ahost → nas: text$/);
});

/** Pino replaces unpaired surrogates. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\uFFFD');
}

type Terminal = Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>>;

describe('colour', () => {
  const line = ['all ', { text: 'ok\u001B[2J', tone: 'ok' }] as const;

  function shown(terminal: Terminal): string {
    const { written, stream } = recorded();
    createOutput(Object.assign(stream, terminal), stream).out(line);
    return written.join('');
  }

  test('is used on terminals that support and want it', () => {
    expect(shown({ isTTY: true, hasColors: () => true })).toBe(
      'all \u001B[32mok\\u{1b}[2J\u001B[39m\n',
    );
  });

  test.each<[string, Terminal]>([
    ['a pipe or a file', {}],
    ['a terminal without, or NO_COLOR', { isTTY: true, hasColors: () => false }],
  ])('is not for %s', (_what, terminal) => {
    expect(shown(terminal)).toBe('all ok\\u{1b}[2J\n');
  });

  test('NO_COLOR turns colors off on a terminal', () => {
    expect(tty.WriteStream.prototype.hasColors({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
  });
});

describe('redrawing', () => {
  function drawn(rows: number, lines: readonly string[]): string {
    const { written, stream } = recorded();
    const { redraw } = createOutput(Object.assign(stream, { isTTY: true, rows }), stream);
    redraw?.(lines);
    return written.join('');
  }

  test('takes the place of what was there, line by line', () => {
    expect(drawn(24, ['a', 'b'])).toBe('\u001B[Ha\u001B[K\nb\u001B[K\n\u001B[J');
  });

  test('is as much as there is room for, and counts the rest', () => {
    const text = drawn(5, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(text).toContain('c\u001B[K\n… 3 more lines\u001B[K\n');
    expect(text.split('\n')).toHaveLength(5);
  });

  test('needs a terminal', () => {
    const { stream } = recorded();
    expect(createOutput(stream, stream).redraw).toBeUndefined();
    expect(createOutput(stream, stream).width()).toBe(Infinity);
  });
});
