import { objectPath } from '../../repository/names.ts';
import {
  RETIRED,
  retiredPath,
  type RetirableObject,
  type RetiredFile,
  type RetiredObject,
} from '../../repository/retired.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { CallOptions } from '../location.ts';
import type { MoveOptions, RetiredMove, RetiredPlace, TrialOptions } from '../retired-place.ts';
import type { FileCalls } from './io/file-calls.ts';

const LIST_LIMIT = 64 * 1024 * 1024;

/** Objects that were moved aside in a directory, by an atomic rename. */
export class RetiredFiles implements RetiredPlace {
  private readonly calls: FileCalls;
  private readonly guard: <T>(work: Promise<T>) => Promise<T>;

  /** @param guard gives errors of the file system their reasons */
  constructor(calls: FileCalls, guard: <T>(work: Promise<T>) => Promise<T>) {
    this.calls = calls;
    this.guard = guard;
  }

  private get root(): string {
    return this.calls.root;
  }

  async list({ signal }: CallOptions): Promise<readonly RetiredFile[]> {
    return this.guard(this.calls.call('listRetired', { root: this.root }, { signal }));
  }

  async hashObjects(objects: readonly RetirableObject[], options: CallOptions) {
    return this.hash(
      objects.map(({ kind, id }) => objectPath(kind, id)),
      options,
    );
  }

  async hashRetired(objects: readonly RetiredObject[], options: CallOptions) {
    return this.hash(objects.map(retiredPath), options);
  }

  async tryToMove({ kinds, signal }: TrialOptions): Promise<void> {
    await this.guard(this.calls.call('tryToRetire', { root: this.root, kinds }, { signal }));
  }

  async readList(date: string, { signal }: CallOptions): Promise<string | undefined> {
    const path = `${RETIRED}/${date}/list`;
    const args = { root: this.root, path, maxBytes: LIST_LIMIT };
    const content = await this.guard(this.calls.ask('read', args, { signal }));
    return content === null ? undefined : Buffer.from(content).toString('utf8');
  }

  async writeList(date: string, text: string, { signal }: CallOptions): Promise<void> {
    const args = { root: this.root, date, text };
    await this.guard(this.calls.call('writeRetiredList', args, { signal }));
  }

  async move(move: RetiredMove, { signal, onCopied }: MoveOptions): Promise<void> {
    const work = this.calls.call('moveRetired', { root: this.root, ...move }, { signal });
    const { directoriesSynced } = await this.guard(work);
    onCopied?.();
    if (directoriesSynced || move.kind === 'keys') return;
    throw new SyncdError(
      'tool',
      `the file system at ${this.root} cannot sync a directory: after a power cut, snapshots could come back without their indexes`,
      { hint: 'what was moved so far is safe; nothing more can be moved on this file system' },
    );
  }

  private async hash(paths: readonly string[], { signal }: CallOptions) {
    const hashes = await this.guard(
      this.calls.call('verify', { root: this.root, paths }, { signal }),
    );
    return hashes.map((hash) => hash ?? undefined);
  }
}
