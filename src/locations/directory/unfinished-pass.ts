import { basename } from 'node:path';
import type { Lane } from './io/lane.ts';

const FILE = '.backup-syncd/unfinished';
const LIMIT = 256 * 1024 * 1024;

interface UnfinishedPassOptions {
  readonly root: string;
  readonly lane: Lane;
  readonly silenceMs: number;
  readonly onLimitation: (message: string) => void;
}

/**
 * For file systems that cannot sync a directory: the paths that a pass has named. If the pass does not end well, what
 * stands under these names may be anything after a power cut, so the next one reads it again and removes what is wrong.
 */
export class UnfinishedPass {
  private readonly options: UnfinishedPassOptions;
  private isUsed = false;

  constructor(options: UnfinishedPassOptions) {
    this.options = options;
  }

  private get file(): string {
    return `${this.options.root}/${FILE}`;
  }

  async add(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const { lane, silenceMs } = this.options;
    this.isUsed = true;
    const text = paths.map((path) => `${path}\n`).join('');
    await lane.call('append', { path: this.file, text }, { signal, silenceMs });
  }

  async clear(signal: AbortSignal): Promise<void> {
    if (!this.isUsed) return;
    const { lane, silenceMs } = this.options;
    await lane.call('remove', { paths: [this.file] }, { signal, silenceMs });
  }

  /** Reads again what an unfinished pass named, and removes what does not match its name. */
  async mend(signal: AbortSignal): Promise<void> {
    const { root, lane, silenceMs, onLimitation } = this.options;
    const options = { signal, silenceMs };
    const list = await lane.call('read', { path: this.file, maxBytes: LIMIT }, options);
    if (list === null) return;
    const paths = Buffer.from(list).toString().split('\n').filter(Boolean);
    const full = paths.map((path) => `${root}/${path}`);
    const hashes = await lane.call('verify', { paths: full }, options);
    const wrong = full.filter((path, i) => hashes[i] !== null && hashes[i] !== basename(path));
    await lane.call('remove', { paths: [...wrong, this.file] }, options);
    onLimitation(
      `an unfinished pass had named ${paths.length} objects at ${root}: ${wrong.length} were wrong and are sent again`,
    );
  }
}
