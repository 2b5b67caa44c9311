import { isObjectId, objectPath } from '../../repository/names.ts';
import {
  parseRetired,
  RETIRED,
  retiredPath,
  type RetirableObject,
  type RetiredFile,
  type RetiredObject,
} from '../../repository/retired.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { CallOptions } from '../location.ts';
import type { MoveOptions, RetiredMove, RetiredPlace } from '../retired-place.ts';
import * as args from './arguments.ts';
import { listEntries } from './entries.ts';
import type { Placing } from './features.ts';
import { hashListed } from './hash-listed.ts';
import { asError, type Rclone } from './rclone.ts';

interface Remote {
  readonly rclone: Rclone;
  /** ends in a slash */
  readonly root: string;
  readonly label: string;
  readonly placing: (options: CallOptions) => Promise<Placing>;
}

type Sizes = ReadonlyMap<string, number>;

/**
 * Objects that were moved aside at a remote. Object stores cannot rename, so the server makes a copy, which is proven before the
 * original is deleted. Elsewhere, the server renames.
 */
export class RetiredObjects implements RetiredPlace {
  private readonly remote: Remote;

  constructor(remote: Remote) {
    this.remote = remote;
  }

  async list({ signal }: CallOptions): Promise<readonly RetiredFile[]> {
    const found: RetiredFile[] = [];
    const { rclone, root } = this.remote;
    await listEntries(rclone, `${root}${RETIRED}/`, {
      signal,
      recursive: true,
      onEntry: ({ path, size }) => {
        const object = parseRetired(path);
        if (object !== undefined) found.push({ ...object, size });
      },
    });
    return found;
  }

  async hashObjects(objects: readonly RetirableObject[], options: CallOptions) {
    const paths = objects.map(({ kind, id }) => objectPath(kind, id));
    return hashListed(this.remote.rclone, { root: this.remote.root, paths }, options);
  }

  async hashRetired(objects: readonly RetiredObject[], options: CallOptions) {
    const { rclone, root } = this.remote;
    return hashListed(rclone, { root, paths: objects.map(retiredPath) }, options);
  }

  /** The trial is the same for all kinds: the only way to find out permissions at a remote is to use them. */
  async tryToMove({ signal }: CallOptions): Promise<void> {
    const { rclone, root, label } = this.remote;
    const [from, to] = [`${root}${RETIRED}/trial`, `${root}${RETIRED}/trial-moved`];
    await rclone.must(args.rcat(from), { signal, input: 'trial\n' });
    const moved = await rclone.run(args.moveTo(from, to, { checks: true }), { signal });
    const removed = moved.isOk ? await rclone.run(args.deleteFile(to), { signal }) : moved;
    const left: string[] = [];
    await listEntries(rclone, `${root}${RETIRED}/`, {
      signal,
      onEntry: ({ path }) => left.push(path),
    });
    if (removed.isOk && !left.some((path) => path.startsWith('trial'))) return;
    const reason = removed.isOk ? '' : `: ${removed.failure.message}`;
    throw new SyncdError(
      'permission',
      `nothing was moved: ${label} does not allow files to be deleted${reason}`,
      'the storage may be append-only or locked, or the credentials may not allow deletion',
    );
  }

  async readList(date: string, { signal }: CallOptions): Promise<string | undefined> {
    const { rclone, root } = this.remote;
    const outcome = await rclone.run(args.catListed(root), {
      signal,
      input: `${RETIRED}/${date}/list\n`,
    });
    if (outcome.isOk) return outcome.stdout.length === 0 ? undefined : outcome.stdout.toString();
    if (outcome.failure.isNotFound) return undefined;
    throw asError(outcome.failure);
  }

  async writeList(date: string, text: string, options: CallOptions): Promise<void> {
    const { rclone, root, label } = this.remote;
    const input = { signal: options.signal, input: Buffer.from(text) };
    await rclone.must(args.rcat(`${root}${RETIRED}/${date}/list`), input);
    if ((await this.readList(date, options)) === text) return;
    throw new SyncdError(
      'verify',
      `nothing was moved: ${label} returned the list of objects to move with different content`,
    );
  }

  async move(move: RetiredMove, options: MoveOptions): Promise<void> {
    const { root } = this.remote;
    const aside = `${root}${RETIRED}/${move.date}/${move.kind}/`;
    const place = `${root}${move.kind}/`;
    const [from, to] = move.to === 'retired' ? [place, aside] : [aside, place];
    const there = await this.sizesOf(from, options);
    const chosen = new Set(move.ids);
    const wanted = new Map([...there].filter(([id]) => chosen.has(id)));
    if (wanted.size === 0) return; // already moved; an empty list means everything to rclone (I7)
    await this.refuseWrong({ from, to, ids: [...wanted.keys()] }, options);
    const input = args.listOf(wanted.keys());
    const isStore = (await this.remote.placing(options)) === 'direct';
    const { rclone } = this.remote;
    const how = { signal: options.signal, input };
    if (isStore) await rclone.must(args.copyListed(from, to, { refusesDamaged: false }), how);
    else await rclone.move((checks) => args.moveListed(from, to, checks), how);
    await this.requireThere(wanted, to, options);
    options.onCopied?.();
    if (isStore) await rclone.must(args.deleteListed(from), how);
    const left = await this.sizesOf(from, options);
    const kept = [...wanted.keys()].find((id) => left.has(id));
    if (kept !== undefined)
      throw new SyncdError('verify', `${move.kind}/${kept} was moved but is still at ${from}`);
  }

  /** An existing file at the new place is replaced only by content that matches its name. */
  private async refuseWrong(
    {
      from,
      to,
      ids,
    }: { readonly from: string; readonly to: string; readonly ids: readonly string[] },
    options: CallOptions,
  ): Promise<void> {
    const there = await this.sizesOf(to, options);
    const taken = ids.filter((id) => there.has(id));
    const hashes = await hashListed(this.remote.rclone, { root: from, paths: taken }, options);
    const wrong = taken.find((id, i) => hashes[i] !== id);
    if (wrong === undefined) return;
    throw new SyncdError(
      'verify',
      `${from}${wrong} does not match its name, and ${to}${wrong} exists already`,
    );
  }

  private async requireThere(wanted: Sizes, to: string, options: CallOptions): Promise<void> {
    const found = await this.sizesOf(to, options);
    const wrong = [...wanted].find(([id, size]) => found.get(id) !== size);
    if (wrong === undefined) return;
    throw new SyncdError(
      'verify',
      `${to}${wrong[0]} is missing or has another size after the move`,
      'if this is an object store, the originals were not deleted; run the command again',
    );
  }

  private async sizesOf(directory: string, { signal }: CallOptions): Promise<Sizes> {
    const sizes = new Map<string, number>();
    await listEntries(this.remote.rclone, directory, {
      signal,
      onEntry: ({ path, size }) => {
        if (isObjectId(path)) sizes.set(path, size);
      },
    });
    return sizes;
  }
}
