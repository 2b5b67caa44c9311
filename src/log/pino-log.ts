import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { printable, printableJson } from '../runtime/printable.ts';
import type { LineWriter } from './line-writer.ts';
import type { Log, LogLevel } from './log.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** for a terminal; JSON lines otherwise */
  readonly pretty: boolean;
  readonly output: LineWriter;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

/** Creates the log of a process. */
export function createLog({ level, pretty, output, now }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const format = pretty ? prettyFormat() : printableJson;
  const log: Log = pino(options, { write: (line) => output.write(format(line)) });
  output.onRecovered = (lines) =>
    log.warn({ lines }, `the log was blocked for a while: ${countOf(lines)} dropped`);
  return log;
}

function countOf(lines: number): string {
  return lines === 1 ? '1 line was' : `${lines} lines were`;
}

/** For a terminal. Its colours are the only control characters. */
function prettyFormat(): (line: string) => string {
  const format = prettyFactory({
    colorize: process.env['NO_COLOR'] === undefined,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'client,backend',
    messageFormat(line, messageKey) {
      const message = line[messageKey];
      return placeOf(line) + (typeof message === 'string' ? message : '');
    },
  });
  return (line) => format(JSON.parse(line, printableValue) as object);
}

/** `ahost → nas: ` */
function placeOf({ client, backend }: Readonly<Record<string, unknown>>): string {
  const names = [client, backend].filter((name) => typeof name === 'string');
  return names.length === 0 ? '' : `${names.join(' → ')}: `;
}

function printableValue(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? printable(value) : value;
}
