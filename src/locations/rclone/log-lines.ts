import { readObject } from './read-object.ts';

/** The relevant part of one line of rclone's JSON log. */
export type LogLine =
  | { readonly type: 'transferred'; readonly object: string }
  | { readonly type: 'stats'; readonly progress: string }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'other' };

const OTHER: LogLine = { type: 'other' };

/** Lines that are not JSON come before the log is set up, or when rclone ends, and are errors. Pure. */
export function readLogLine(line: string): LogLine {
  if (!line.startsWith('{')) return plain(line);
  const { level, msg, object, stats } = parse(line);
  if (stats !== undefined) return { type: 'stats', progress: progressOf(stats) };
  if (level === 'info' && object !== undefined && /^(?:Multi-thread )?(?:Copied|Moved)/.test(msg))
    return { type: 'transferred', object };
  if (level === 'error' || level === 'critical' || /^(?:Failed to|Fatal)/.test(msg)) {
    return { type: 'error', message: object ? `${object}: ${msg}` : msg };
  }
  return OTHER;
}

function plain(line: string): LogLine {
  const message = line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?:[A-Z]+\s*: )?/, '').trim();
  const isNoise = message === '' || /NOTICE|Config file .* not found/.test(line);
  return isNoise && !message.startsWith('Failed') ? OTHER : { type: 'error', message };
}

interface Parsed {
  readonly level: string;
  readonly msg: string;
  readonly object: string | undefined;
  readonly stats: Readonly<Record<string, unknown>> | undefined;
}

function parse(line: string): Parsed {
  const { level, msg, object, stats } = readObject(line);
  return {
    level: typeof level === 'string' ? level : '',
    msg: typeof msg === 'string' ? msg : '',
    object: typeof object === 'string' ? object : undefined,
    stats: typeof stats === 'object' && stats !== null ? { ...stats } : undefined,
  };
}

/** If two are equal, nothing was transferred in between. */
function progressOf(stats: Readonly<Record<string, unknown>>): string {
  return ['bytes', 'checks', 'transfers', 'deletes', 'renames', 'listed']
    .map((name) => String(stats[name]))
    .join(' ');
}

/** Removes possible secrets: passwords and signatures in URLs, and values of keys and tokens. */
export function scrub(text: string): string {
  return text
    .replaceAll(/(:\/\/)[^/\s@]+@/g, '$1***@')
    .replaceAll(/([?&](?:sig|tempauth|key|code)=)[^\s"'&]+/gi, '$1***')
    .replaceAll(
      /\b((?:[\w-]*(?:secret|token|password|passwd|signature|credential|api_?key|access_key_id)[\w-]*)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
      '$1***',
    );
}
