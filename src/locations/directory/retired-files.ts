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

  constructor(calls: FileCalls) {
    this.calls = calls;
  }

  async list({ signal }: CallOptions): Promise<readonly RetiredFile[]> {
    return this.calls.call('listRetired', { signal });
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
    await this.calls.call('tryToRetire', { signal }, kinds);
  }

  async readList(date: string, { signal }: CallOptions): Promise<string | undefined> {
    const path = `${RETIRED}/${date}/list`;
    const content = await this.calls.call('read', { signal }, path, LIST_LIMIT);
    return content && Buffer.from(content).toString('utf8');
  }

  async writeList(date: string, text: string, { signal }: CallOptions): Promise<void> {
    await this.calls.call('writeRetiredList', { signal }, date, text);
  }

  async move(move: RetiredMove, { signal, onCopied }: MoveOptions): Promise<void> {
    const areDurable = await this.calls.call('moveRetired', { signal }, move);
    onCopied?.();
    if (areDurable || move.kind === 'keys') return;
    throw new SyncdError(
      'tool',
      `the file system at ${this.calls.root} cannot sync a directory: after a power cut, snapshots could come back without their indexes`,
      'what was moved so far is safe; nothing more can be moved on this file system',
    );
  }

  private async hash(paths: readonly string[], { signal }: CallOptions) {
    return this.calls.call('verify', { signal }, paths);
  }
}
