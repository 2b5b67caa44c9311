import { requireSpace } from '../no-space.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import type { CallOptions, Location, Receipt, ReceiveOptions, Transfer } from '../location.ts';
import { isHopeless, isOutdated, joinReceipts } from '../receipts.ts';
import { routeTo } from '../route-to.ts';
import { UNSHARED } from '../turns.ts';
import { batchesOf } from '../batches-of.ts';
import { BATCH_FILES, syncsEach } from './batches.ts';
import type { Copied } from './transfer-batch.ts';
import type { Catalogue } from '../../repository/catalogue.ts';
import type { FileCalls } from './io/file-calls.ts';
import { UnfinishedPass } from './unfinished-pass.ts';
import {
  canSyncFileSystem,
  syncFileSystem,
  syncFailuresOf,
  type FileSystemSync,
} from './file-system-sync.ts';

interface Modes {
  readonly file: number;
  readonly directory: number;
}

interface BatchCopy {
  readonly objects: Catalogue;
  readonly kind: HashedKind;
  readonly source: Location;
  readonly modes: Modes;
  /** how its files are synced together; undefined: one by one */
  readonly whole: FileSystemSync | undefined;
}

/**
 * Copies objects to a directory so that no final name ever stands for bytes that a power cut can lose (I3): temporary files are
 * made durable, then named, then the directories are made durable. A file that fails to become durable is never named, and its
 * sync is never retried: it is sent again.
 */
export class Receiver {
  private readonly calls: FileCalls;
  private readonly onLimitation: (message: string) => void;
  private readonly unfinished: UnfinishedPass;
  /** whether there is a `sync -f`; undefined until needed */
  private hasWholeSync: boolean | undefined;
  private canSyncDirectories = true;
  /** all names of objects are durable, including those of killed passes */
  private isSettled = false;

  constructor(calls: FileCalls, onLimitation: (message: string) => void) {
    this.calls = calls;
    this.onLimitation = onLimitation;
    this.unfinished = new UnfinishedPass(calls, onLimitation);
  }

  async sweep({ signal }: CallOptions): Promise<void> {
    await this.calls.call('sweep', { signal });
    await this.settleNames(signal);
    await this.unfinished.repair(signal);
  }

  async settle({ signal }: CallOptions): Promise<void> {
    await this.unfinished.clear(signal);
  }

  async receive(transfer: Transfer, options: ReceiveOptions): Promise<Receipt> {
    let known: Modes | undefined;
    const receipts: Receipt[] = [];
    const { turns = UNSHARED } = options;
    for (const objects of batchesOf(transfer.objects, BATCH_FILES, turns)) {
      const receipt = await turns.take(objects.bytes, async () => {
        const modes = (known ??= await this.modes(options));
        await this.requireSpace(objects, options);
        const whole = await this.wholeSync(objects, options);
        return this.bring({ ...transfer, objects, modes, whole }, options);
      });
      receipts.push(receipt);
      if (isOutdated(transfer.kind, receipt) || isHopeless(receipt)) break;
    }
    return joinReceipts(receipts);
  }

  private async bring(copy: BatchCopy, options: ReceiveOptions): Promise<Receipt> {
    const { source, kind, objects, modes, whole } = copy;
    const { files, receipt, stage } = await routeTo('directory', source)(
      { kind, objects, fileMode: modes.file, syncEach: whole === undefined },
      this.calls,
      options,
    );
    if (files.length > 0) {
      if (whole !== undefined) await syncFileSystem(whole, options.signal);
      await this.placeBatch(kind, files, { ...options, modes });
    }
    if (stage !== undefined) await this.calls.call('unstage', { signal: options.signal }, stage);
    return receipt;
  }

  /**
   * Decided for each batch, because a disk may be mounted in the meantime, and at the location of its temporary files, because
   * rename(2) works only within a mount.
   */
  private async wholeSync(
    objects: Catalogue,
    { signal }: ReceiveOptions,
  ): Promise<FileSystemSync | undefined> {
    if (syncsEach(objects)) return undefined;
    const path = '.backup-syncd/tmp';
    const { device, syncsAsAWhole } = await this.calls.call('fileSystem', { signal }, path);
    if (!syncsAsAWhole || !(await this.findWholeSync(signal))) return undefined;
    const { root } = this.calls;
    return { path: `${root}/${path}`, device, failuresBefore: syncFailuresOf(device) };
  }

  private async findWholeSync(signal: AbortSignal): Promise<boolean> {
    if (this.hasWholeSync === undefined) {
      const isThere = await canSyncFileSystem(signal);
      signal.throwIfAborted();
      if (!isThere)
        this.onLimitation(`there is no 'sync -f': each file is synced separately, which is slower`);
      this.hasWholeSync = isThere;
    }
    return this.hasWholeSync;
  }

  private async requireSpace(
    { bytes: neededBytes }: Catalogue,
    { signal, minFreeBytes }: ReceiveOptions,
  ): Promise<void> {
    const space = await this.calls.call('space', { signal });
    requireSpace(space, { label: this.calls.root, neededBytes, minFreeBytes });
  }

  /** Like restic: group permissions follow the mode of `config`. */
  private async modes({ signal }: CallOptions): Promise<Modes> {
    const isGroupReadable = await this.calls.call('groupReadable', { signal }, 'config');
    return isGroupReadable ? { file: 0o440, directory: 0o770 } : { file: 0o400, directory: 0o700 };
  }

  private async placeBatch(
    kind: HashedKind,
    files: readonly Copied[],
    { signal, modes }: ReceiveOptions & { modes: Modes },
  ): Promise<void> {
    const moves = files.map(({ id, temporary }) => ({ from: temporary, to: objectPath(kind, id) }));
    if (!this.canSyncDirectories)
      await this.unfinished.add(
        moves.map((move) => move.to),
        signal,
      );
    this.isSettled = false; // until it is known how it went
    const areDurable = await this.calls.call('place', { signal }, moves, modes.directory);
    this.isSettled = true;
    if (!areDurable)
      await this.admitUnsyncable(
        moves.map((move) => move.to),
        signal,
      );
  }

  /** A killed or failed pass may have left names that a power cut can lose, so nothing relies on them. */
  private async settleNames(signal: AbortSignal): Promise<void> {
    if (this.isSettled) return;
    const areDurable = await this.calls.call('syncNames', { signal });
    if (!areDurable) this.noteUnsyncable();
    this.isSettled = true;
  }

  private async admitUnsyncable(paths: readonly string[], signal: AbortSignal): Promise<void> {
    if (!this.canSyncDirectories) return;
    this.noteUnsyncable();
    await this.unfinished.add(paths, signal);
  }

  private noteUnsyncable(): void {
    if (!this.canSyncDirectories) return;
    this.canSyncDirectories = false;
    this.onLimitation(
      `the file system at ${this.calls.root} cannot sync a directory: after a crash, everything that the unfinished pass wrote is read again`,
    );
  }
}
