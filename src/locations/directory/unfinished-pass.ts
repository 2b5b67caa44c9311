import { basename } from 'node:path';
import type { FileCalls } from './io/file-calls.ts';

const FILE = '.backup-syncd/unfinished';
const LIMIT = 256 * 1024 * 1024;

/**
 * For file systems that cannot sync a directory: the paths that a pass has named. If the pass does not end well, what
 * stands under these names may be anything after a power cut, so the next one reads it again and removes what is wrong.
 */
export class UnfinishedPass {
  private readonly calls: FileCalls;
  private readonly onLimitation: (message: string) => void;
  private isUsed = false;

  constructor(calls: FileCalls, onLimitation: (message: string) => void) {
    this.calls = calls;
    this.onLimitation = onLimitation;
  }

  private get file(): string {
    return `${this.calls.root}/${FILE}`;
  }

  async add(paths: readonly string[], signal: AbortSignal): Promise<void> {
    this.isUsed = true;
    const text = paths.map((path) => `${path}\n`).join('');
    await this.calls.call('append', { path: this.file, text }, { signal });
  }

  async clear(signal: AbortSignal): Promise<void> {
    if (!this.isUsed) return;
    await this.calls.call('remove', { paths: [this.file] }, { signal });
  }

  /** Reads again what an unfinished pass named, and removes what does not match its name. */
  async mend(signal: AbortSignal): Promise<void> {
    const { root } = this.calls;
    const options = { signal };
    const list = await this.calls.ask('read', { path: this.file, maxBytes: LIMIT }, options);
    if (list === null) return;
    const paths = Buffer.from(list).toString().split('\n').filter(Boolean);
    const full = paths.map((path) => `${root}/${path}`);
    const hashes = await this.calls.call('verify', { paths: full }, options);
    const wrong = full.filter((path, i) => hashes[i] !== null && hashes[i] !== basename(path));
    await this.calls.call('remove', { paths: [...wrong, this.file] }, options);
    this.onLimitation(
      `an unfinished pass had named ${paths.length} objects at ${root}: ${wrong.length} were wrong and are sent again`,
    );
  }
}
