import { objectPath, parseObjectPath, type ObjectName } from '../../repository/names.ts';
import type { FileCalls } from './io/file-calls.ts';
import { agree, grouped, plural } from '../../runtime/plural.ts';

const FILE = '.backup-syncd/unfinished';
/** Only a person reads or empties it. */
const DAMAGED = '.backup-syncd/damaged';
const LIMIT = 256 * 1024 * 1024;
/** `snapshots/` and an id, in bytes. */
const LONGEST_PATH = 80;

/**
 * For file systems that cannot sync a directory: the paths that a pass has named. If the pass does not finish, the files under
 * these names may contain anything after a power cut, so the next pass reads them again and moves bad ones aside.
 */
export class UnfinishedPass {
  private readonly calls: FileCalls;
  private readonly onLimitation: (message: string) => void;
  private isUsed = false;

  constructor(calls: FileCalls, onLimitation: (message: string) => void) {
    this.calls = calls;
    this.onLimitation = onLimitation;
  }

  async add(paths: readonly string[], signal: AbortSignal): Promise<void> {
    this.isUsed = true;
    const text = paths.map((path) => `${path}\n`).join('');
    await this.calls.call('append', { signal }, FILE, text);
  }

  async clear(signal: AbortSignal): Promise<void> {
    if (!this.isUsed) return;
    await this.calls.call('remove', { signal }, [FILE]);
  }

  /**
   * Reads again what an unfinished pass named, and moves aside what does not match its name; it is never deleted (I6). The list is
   * untrusted like everything at a place: a line that is not exactly the path of a hashed object is skipped.
   */
  async repair(signal: AbortSignal): Promise<void> {
    const options = { signal };
    const list = await this.calls.call('read', options, FILE, LIMIT);
    if (list === undefined) return;
    const objects = parseList(Buffer.from(list));
    const paths = objects.map(({ kind, id }) => objectPath(kind, id));
    const hashes = await this.calls.call('verify', options, paths);
    const wrong = paths.filter((_, i) => hashes[i] !== undefined && hashes[i] !== objects[i]?.id);
    const moves = wrong.map((path) => ({ from: path, to: `${DAMAGED}/${path}` }));
    await this.calls.call('place', options, moves, 0o700);
    await this.calls.call('remove', options, [FILE]);
    this.onLimitation(
      `checked ${plural(paths.length, 'object')} that an unfinished pass left at ${this.calls.root}: ${describe(wrong.length)}`,
    );
  }
}

function describe(wrong: number): string {
  if (wrong === 0) return 'none is damaged';
  return `${grouped(wrong)} ${agree(wrong, 'is damaged. It was', 'are damaged. They were')} moved to ${DAMAGED} and will be sent again`;
}

/** The objects that a list names, each once. Lines longer than the path of an object are not decoded. */
function parseList(list: Buffer): ObjectName[] {
  const found = new Map<string, ObjectName>();
  for (let start = 0; start < list.length;) {
    const next = list.indexOf('\n', start);
    const end = next === -1 ? list.length : next;
    const line = end - start <= LONGEST_PATH ? list.toString('utf8', start, end) : '';
    const name = parseObjectPath(line);
    if (name !== undefined) found.set(line, name);
    start = end + 1;
  }
  return [...found.values()];
}
