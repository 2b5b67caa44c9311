import { objectPath, type HashedKind } from '../../src/repository/names.ts';
import { keyFile } from '../support/key-file.ts';
import { sha256, type MemoryPlace } from '../support/memory-location.ts';

/** A blob is a number; what restic keeps in packs, indexes and snapshots is kept here as JSON. */
type Blob = number;
interface IndexContent {
  readonly packs: Readonly<Record<string, readonly Blob[]>>;
  readonly salt: number;
}
interface SnapshotContent {
  readonly blobs: readonly Blob[];
  readonly salt: number;
}

export type ResticAction =
  | { readonly verb: 'backup'; readonly blobs: readonly Blob[] }
  | { readonly verb: 'forget'; readonly which: number }
  | { readonly verb: 'prune' }
  /** `prune --unsafe-recover-no-free-space`: removes all indexes first */
  | { readonly verb: 'unsafe-prune' }
  /** `repair index`, or `rebuild-index` of old versions */
  | { readonly verb: 'repair-index' };

/**
 * A model of how restic changes the files of a repository, one file at a time and in its order of writing: a backup writes packs,
 * then an index, then the snapshot; a prune deletes packs that no index names, writes new packs, then a new index, then deletes old
 * indexes, then old packs.
 */
export class ResticModel {
  readonly place: MemoryPlace;
  private salt = 0;
  private pending: (() => void)[] = [];
  private readonly actions: ResticAction[];

  constructor(place: MemoryPlace, actions: readonly ResticAction[] = []) {
    this.place = place;
    this.actions = [...actions];
    place.put('config', 'config');
    this.writeKey(1);
  }

  /** Another key, as `restic key add` writes it. */
  writeKey(seed: number): string {
    const content = keyFile({}, seed);
    this.place.put(`keys/${sha256(content)}`, content);
    return sha256(content);
  }

  /** Changes one file; false when there is nothing left to do. */
  step(): boolean {
    while (this.pending.length === 0) {
      const action = this.actions.shift();
      if (action === undefined) return false;
      this.pending = this.plan(action);
    }
    this.pending.shift()?.();
    return true;
  }

  /** Ends the current action, like SIGKILL. */
  kill(): void {
    this.pending = [];
  }

  steps(count: number): void {
    for (let i = 0; i < count && this.step(); i++);
  }

  finish(): void {
    while (this.step());
  }

  /** Something to do after everything else. */
  add(action: ResticAction): void {
    this.actions.push(action);
  }

  act(action: ResticAction): void {
    this.add(action);
    this.finish();
  }

  private plan(action: ResticAction): (() => void)[] {
    if (action.verb === 'backup') return this.planBackup(action.blobs);
    if (action.verb === 'prune') return this.planPrune({ isUnsafe: false });
    if (action.verb === 'unsafe-prune') return this.planPrune({ isUnsafe: true });
    if (action.verb === 'repair-index') return this.planRepair();
    const names = this.place.names('snapshots').sort();
    const victim = names[action.which % Math.max(names.length, 1)];
    return victim === undefined ? [] : [() => this.place.delete(`snapshots/${victim}`)];
  }

  private planBackup(blobs: readonly Blob[]): (() => void)[] {
    const known = new Set([...packsOf(this.place).values()].flat());
    const fresh = [...new Set(blobs)].filter((blob) => !known.has(blob));
    const packs: Record<string, readonly Blob[]> = {};
    const half = Math.ceil(fresh.length / 2);
    const parts = [fresh.slice(0, half), fresh.slice(half)].filter((part) => part.length > 0);
    return [
      ...parts.map((part) => () => {
        packs[this.writePack(part)] = part;
      }),
      ...(parts.length > 0 ? [() => void this.write('index', { packs })] : []),
      () => void this.write('snapshots', { blobs }),
    ];
  }

  private planRepair(): (() => void)[] {
    const packs = Object.fromEntries(
      [...this.packsThere()].map((id) => [id, blobsOf(this.place, id)]),
    );
    const old = this.place.names('index');
    return [
      () => void this.write('index', { packs }),
      ...old.map((id) => () => this.place.delete(`index/${id}`)),
    ];
  }

  private packsThere(): string[] {
    return this.place.paths('data/').map((path) => path.slice(path.lastIndexOf('/') + 1));
  }

  private planPrune({ isUnsafe }: { readonly isUnsafe: boolean }): (() => void)[] {
    const used = new Set(snapshotsOf(this.place).flatMap(({ blobs }) => blobs));
    const packs = packsOf(this.place);
    const oldIndexes = this.place.names('index');
    const kept: Record<string, readonly Blob[]> = {};
    const obsolete: string[] = [];
    for (const [id, blobs] of packs) {
      if (blobs.every((blob) => used.has(blob))) kept[id] = blobs;
      else obsolete.push(id);
    }
    const drop = (ids: readonly string[]) =>
      ids.map((id) => () => this.place.delete(objectPath('data', id)));
    const unindexed = drop(this.packsThere().filter((id) => !packs.has(id)));
    if (obsolete.length === 0) return unindexed;
    const keptBlobs = new Set(Object.values(kept).flat());
    const repacked = [
      ...new Set(obsolete.flatMap((id) => packs.get(id) ?? []).filter((blob) => used.has(blob))),
    ].filter((blob) => !keptBlobs.has(blob));
    const dropIndexes = oldIndexes.map((id) => () => this.place.delete(`index/${id}`));
    const writeIndex = () => void this.write('index', { packs: kept });
    if (isUnsafe && repacked.length === 0)
      return [...unindexed, ...dropIndexes, ...drop(obsolete), writeIndex];
    return [
      ...unindexed,
      ...(repacked.length > 0
        ? [
            () => {
              kept[this.writePack(repacked)] = repacked;
            },
          ]
        : []),
      writeIndex,
      ...dropIndexes,
      ...drop(obsolete),
    ];
  }

  private writePack(blobs: readonly Blob[]): string {
    return this.write('data', { blobs });
  }

  private write(kind: HashedKind, value: object): string {
    const content = JSON.stringify({ ...value, salt: this.salt++ });
    const id = sha256(content);
    this.place.put(objectPath(kind, id), content);
    return id;
  }
}

/** The complaints that `restic check` would have; none for a place without a snapshot. */
export function checkRepository(place: MemoryPlace): string[] {
  if (place.names('snapshots').length === 0) return [];
  const packs = [...packsOf(place)];
  const isThere = ([pack]: readonly [string, unknown]) =>
    place.content(objectPath('data', pack)) !== undefined;
  const reachable = new Set(packs.filter(isThere).flatMap(([, blobs]) => blobs));
  const lost = snapshotsOf(place)
    .flatMap(({ blobs }) => blobs)
    .filter((blob) => !reachable.has(blob));
  return [
    ...(place.content('config') === undefined ? ['there is no config'] : []),
    ...(place.names('keys').length === 0 ? ['there is no key'] : []),
    ...packs
      .filter((pack) => !isThere(pack))
      .map(([id]) => `an index names the missing pack ${id}`),
    ...lost.map((blob) => `a snapshot lacks the blob ${blob}`),
    ...place.paths().filter((path) => isWrong(path, place)),
  ];
}

function isWrong(path: string, place: MemoryPlace): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.length === 64 && sha256(place.content(path) ?? '') !== name;
}

/** Packs that an index names, with their blobs. */
function packsOf(place: MemoryPlace): Map<string, readonly Blob[]> {
  return new Map(
    place
      .names('index')
      .flatMap((id) => Object.entries((parse(place, `index/${id}`) as IndexContent).packs)),
  );
}

function blobsOf(place: MemoryPlace, id: string): readonly Blob[] {
  return (parse(place, objectPath('data', id)) as { blobs: readonly Blob[] }).blobs;
}

function snapshotsOf(place: MemoryPlace): SnapshotContent[] {
  return place.names('snapshots').map((id) => parse(place, `snapshots/${id}`) as SnapshotContent);
}

function parse(place: MemoryPlace, path: string): unknown {
  return JSON.parse(place.content(path)?.toString() ?? '{}');
}
