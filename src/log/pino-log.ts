import { destination as pinoDestination, pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Log, LogLevel } from './log.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** for a terminal; JSON lines otherwise */
  readonly pretty: boolean;
}

/** Logs to standard error, so that standard output is what a command answers. */
export function createLog({ level, pretty: isPretty }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const stream = isPretty
    ? pretty({
        destination: 2,
        sync: true,
        colorize: process.env['NO_COLOR'] === undefined,
        translateTime: 'SYS:HH:MM:ss',
        ignore: 'client,backend',
        messageFormat:
          '{if client}{client}{end}{if backend} → {backend}{end}{if client}: {end}{msg}',
      })
    : pinoDestination({ dest: 2, sync: true });
  return wrap(pino(options, stream));
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}

function wrap(logger: Logger): Log {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}
