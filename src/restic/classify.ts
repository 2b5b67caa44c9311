import { parseJson } from '../runtime/parse-json.ts';
import type { ResticProblem } from './errors.ts';

/** How a restic process ended that did not succeed. */
export interface ResticFailure {
  readonly exitCode: number | undefined;
  /** the first lines of its standard error, as messages */
  readonly errors: readonly string[];
}

export interface Classified {
  readonly problem: ResticProblem;
  /** the most specific line */
  readonly line: string;
}

/** Exit codes of restic 0.17 and later. */
const BY_EXIT_CODE: Readonly<Record<number, ResticProblem>> = {
  10: 'no_repository',
  12: 'password',
};

/**
 * The messages of restic, of any version, the most specific first. A missing object has different words in each kind of storage.
 * Those that follow from another error, such as a file that could not be restored and then has no owner, are in no line here.
 */
const BY_TEXT: readonly (readonly [RegExp, ResticProblem])[] = [
  [/exec: "[^"]*": executable file not found|exec: "[^"]*": .*no such file/, 'no_tool'],
  [/wrong password or no key found|no password given|an empty password/i, 'password'],
  [/resolving password failed/i, 'password'],
  [/no space left on device|disk quota exceeded/i, 'no_space'],
  [
    /no matching ID found|failed to load snapshot|failed to find snapshot|no snapshot found/i,
    'no_snapshot',
  ],
  [/ciphertext verification failed|invalid data returned|returned invalid hash/i, 'damaged'],
  [/unexpected EOF.*(?:pack|blob)|not found in (?:repository|index)|invalid header/i, 'damaged'],
  [/unable to open config file.*permission denied/is, 'permission'],
  [/unable to open config file|repository does not exist|is there a repository/i, 'no_repository'],
  [/<(?:data|index|snapshot)\/[0-9a-f]+>.*input\/output error/i, 'damaged'],
  [
    /(?:data|index|snapshot|key)[/s]*\b.*(?:no such file|does not exist|not found|404|too short|: EOF$)/i,
    'damaged',
  ],
  [/permission denied|access denied|\b403\b/i, 'permission'],
  [
    /unable to open repository|connection|timeout|timed out|no such host|input\/output error/i,
    'unreachable',
  ],
  [/error talking HTTP to rclone|didn't find section|stale file handle/i, 'unreachable'],
];

/** The problem that the output of a failed restic shows. Pure. */
export function classifyFailure({ exitCode, errors }: ResticFailure): Classified {
  const [first = ''] = errors;
  if (exitCode === 127) return { problem: 'no_tool', line: 'restic was not found' };
  for (const [pattern, problem] of BY_TEXT) {
    const line = errors.find((text) => pattern.test(text));
    if (line !== undefined) return { problem, line };
  }
  const problem = BY_EXIT_CODE[exitCode ?? 0] ?? 'other';
  return { problem, line: errors.at(-1) ?? first };
}

/** A message about something that only root may do, and that restic could not do while it restored. */
export const ONLY_ROOT = /^ignoring error for .*: operation not permitted$/;

/** How many errors restic counted in the end. */
export function errorCount(line: string): number | undefined {
  const found = /^Fatal: There were (\d+) errors/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The longest message that is kept, in characters: it may have names that come from a snapshot. */
const LONGEST_MESSAGE = 1_000;

/** The message of a line of standard error: restic 0.17 and later writes JSON, with a whole stack after the first line. */
export function messageOf(line: string): string {
  const text = jsonMessage(line) ?? line;
  return (text.split('\n', 1)[0] ?? '').trim().slice(0, LONGEST_MESSAGE);
}

function jsonMessage(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { message, error } = (parseJson(line) ?? {}) as {
    message?: unknown;
    error?: { message?: unknown } | null;
  };
  const found = message ?? error?.message;
  return typeof found === 'string' ? found : undefined;
}

const MISSING =
  /^Load\((<(?:data|index|snapshot)\/[0-9a-f]+>).*(?:returned error|failed).*(?:no such file|does not exist|not found|404|too short|: EOF$|input\/output error)/i;

/** The object that is not there, is too short or cannot be read, and that restic will ask for again, if a line says so. */
export function missingObject(line: string): string | undefined {
  return MISSING.exec(line)?.[1];
}
