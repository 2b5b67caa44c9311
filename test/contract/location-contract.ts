import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Listing, ListOptions, Location, Receipt } from '../../src/locations/location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { split } from '../../src/repository/data-catalogue.ts';
import { objectPath, type HashedKind } from '../../src/repository/names.ts';
import { NO_OBJECTS } from '../../src/repository/objects.ts';
import { listObjects } from '../../src/backends/list-objects.ts';
import { sha256 } from '../support/memory-location.ts';

/** A place under a test: a location, and a way around it. */
export interface ContractPlace extends ContractView {
  readonly location: Location;
  /** another location on the same place, which remembers nothing */
  reopen(): Location;
}

type Eventually<T> = T | Promise<T>;

/** The files of a place, as another program than the location sees and changes them. */
export interface ContractView {
  plant(path: string, content: Buffer, mtimeMs?: number): Eventually<void>;
  unplant(path: string): Eventually<void>;
  content(path: string): Eventually<Buffer | undefined>;
  mtimeMs(path: string): Eventually<number | undefined>;
  /** every file's path, sorted, without what the location keeps for itself */
  files(): Eventually<string[]>;
  /** temporary files of transfers that are there now */
  temporaries(): Eventually<string[]>;
}

/** An entry other than a file that can have a name. */
export type OddFile = 'symlink' | 'fifo' | 'directory';

/** A kind of place. Cases about what a kind cannot do are not defined for it. */
export interface ContractRig {
  makePlace(role: 'source' | 'backend'): Eventually<ContractPlace>;
  /** where objects come from, if not from a place of the same kind */
  makeSource?(): ContractPlace;
  /** a location whose root is not there */
  missing(role: 'source' | 'backend'): Location;
  /** the kinds of objects to go through; not all of them where they are treated alike and each call costs a process */
  readonly kinds: readonly HashedKind[];
  /** how often to repeat what could only sometimes go wrong; fewer where each call costs a process */
  readonly rounds: number;
  /** how many objects are many; fewer where each costs round trips */
  readonly many: number;
  /** the times of files stay what they were at the source */
  readonly keepsTimes: boolean;
  /** it tells how much space is free */
  readonly tellsSpace: boolean;
  /** puts something else than a file there, where the kind of place has such things */
  readonly plantOdd?: (place: ContractPlace, path: string, what: OddFile) => void;
}

const NEVER = new AbortController().signal;
const LISTING: ListOptions = { signal: NEVER, care: 'names' };

interface Planted {
  readonly id: string;
  readonly path: string;
  readonly content: Buffer;
}

function makeObject(kind: HashedKind, content: Buffer = randomBytes(100)): Planted {
  const id = sha256(content);
  return { id, path: objectPath(kind, id), content };
}

async function plantObject(
  place: ContractPlace,
  kind: HashedKind,
  content?: Buffer,
): Promise<Planted> {
  const object = makeObject(kind, content);
  await place.plant(object.path, object.content);
  return object;
}

async function plantObjects(
  place: ContractPlace,
  kind: HashedKind,
  sizes: readonly number[],
): Promise<Planted[]> {
  const planted: Planted[] = [];
  for (const size of sizes) planted.push(await plantObject(place, kind, randomBytes(size)));
  return planted;
}

function idsOf({ objects }: Listing<HashedKind>): string[] {
  return [...objects.entries()].map(({ id }) => id);
}

const sortedIds = (objects: readonly Planted[]) => objects.map(({ id }) => id).sort();

async function send(
  [source, target]: readonly [ContractPlace, ContractPlace],
  kind: HashedKind,
  {
    objects,
    signal = NEVER,
    minFreeBytes = 0,
    onProgress = () => undefined,
  }: {
    objects: Catalogue;
    signal?: AbortSignal;
    minFreeBytes?: number;
    onProgress?: (moved: { objects: number; bytes: number }) => void;
  },
): Promise<Receipt> {
  const { location } = target;
  await location.sweep({ signal: NEVER });
  return location.receive(
    { source: source.location, kind, objects },
    { signal, minFreeBytes, onProgress },
  );
}

function catalogueOf(objects: readonly Planted[]): Catalogue {
  return Catalogue.from(objects.map(({ id, content }) => [id, content.length]));
}

/** The suite that every location must pass (I1, I3, I5, I7, I12). */
export function locationContract(name: string, rig: ContractRig): void {
  describe(`${name}: the contract of a location`, () => {
    describeCore(rig);
    describeListingInDetail(rig);
    describeReceipts(rig);
    describeLooking(rig);
    describeVerifying(rig);
    if (rig.plantOdd !== undefined) describeOddFiles(rig, rig.plantOdd);
  });
}

/** The part of that suite that depends on how the kind of storage behaves. */
export function locationContractCore(name: string, rig: ContractRig): void {
  describe(`${name}: the core of the contract of a location`, () => describeCore(rig));
}

function describeCore(rig: ContractRig): void {
  describeListing(rig);
  describeSmallFiles(rig);
  describeReceiving(rig);
  describeStat(rig);
  describeSpace(rig);
  if (rig.keepsTimes) describeTimes(rig);
}

async function makeSource(rig: ContractRig): Promise<ContractPlace> {
  return rig.makeSource?.() ?? (await rig.makePlace('source'));
}

async function makePair(rig: ContractRig): Promise<readonly [ContractPlace, ContractPlace]> {
  return [await makeSource(rig), await rig.makePlace('backend')];
}

function describeListing(rig: ContractRig): void {
  describe('list', () => {
    test.each(rig.kinds)('%s: each object with its size', async (kind) => {
      const place = await rig.makePlace('source');
      const objects = await plantObjects(place, kind, [0, 1, 1_000]);

      const listing = await place.location.list(kind, LISTING);

      expect(idsOf(listing)).toEqual(sortedIds(objects));
      for (const { id, content } of objects)
        expect(listing.objects.sizeOf(id)).toBe(content.length);
      expect(listing).toMatchObject({ ignored: 0, refused: [] });
    });

    test('a kind that was never written is empty', async () => {
      const place = await rig.makePlace('source');
      await place.plant('config', Buffer.from('x'));

      expect((await place.location.list('snapshots', LISTING)).objects.count).toBe(0);
      expect((await place.location.list('data', LISTING)).objects.count).toBe(0);
    });

    test('a missing place is not empty', async () => {
      for (const kind of rig.kinds) {
        const listing = rig.missing('backend').list(kind, LISTING);
        await expect(listing).rejects.toMatchObject({ reason: 'not_initialised' });
      }
    });

    test('a listing that trusts nothing sees a file that shrank in place', async () => {
      const place = await rig.makePlace('source');
      const { path, id } = await plantObject(place, 'data');
      await place.location.list('data', LISTING);
      await place.plant(path, Buffer.from('short'));

      const listing = await place.location.list('data', { ...LISTING, care: 'full' });

      expect(listing.objects.sizeOf(id)).toBe(5);
    });
  });
}

function describeListingInDetail(rig: ContractRig): void {
  describe('list, in detail', () => {
    test('names that restic would not accept are counted, not listed (I1)', async () => {
      const place = await rig.makePlace('source');
      const { id } = await plantObject(place, 'snapshots');
      const foreign = [`${id}.tmp`, `${id}-tmp-17`, id.toUpperCase(), id.slice(1), '.hidden', 'x'];
      for (const other of foreign) await place.plant(`snapshots/${other}`, Buffer.from('x'));

      const listing = await place.location.list('snapshots', LISTING);

      expect(idsOf(listing)).toEqual([id]);
      expect(listing.ignored).toBe(foreign.length);
    });

    test('what else lies at the root and in data is found', async () => {
      const place = await rig.makePlace('source');
      const { id } = await plantObject(place, 'data');
      const others = ['README', 'data/README', 'old/data/x'];
      const own = ['config', 'config-tmp-7', 'locks/x', `data/${id}.tmp`, 'lost+found/x'];
      for (const path of [...others, ...own]) await place.plant(path, Buffer.from('x'));

      const { strays } = await listObjects(place.location, { ...LISTING, care: 'full' });

      expect([...strays.foreign.names].sort()).toEqual(['README', 'data/README', 'old']);
      await place.unplant('README');
      expect((await listObjects(place.location, LISTING)).strays.foreign.count).toBe(3);
      const found = await listObjects(place.location, { ...LISTING, care: 'full' });
      expect(found.strays.foreign.count).toBe(2);
    });

    test('a file in the wrong data directory is not a pack', async () => {
      const place = await rig.makePlace('source');
      const { id, content } = await plantObject(place, 'data');
      await place.plant(`data/${id.startsWith('00') ? '01' : '00'}/${id}`, content);

      const listing = await place.location.list('data', LISTING);

      expect(idsOf(listing)).toEqual([id]);
      expect(listing.ignored).toBe(1);
    });

    test('sizes, whether what is remembered is trusted or not', async () => {
      const place = await rig.makePlace('source');
      const { id } = await plantObject(place, 'index');

      const names = await place.location.list('index', LISTING);
      const full = await place.location.list('index', { ...LISTING, care: 'full' });

      expect(names.objects.sizeOf(id)).toBe(100);
      expect(full.objects.sizeOf(id)).toBe(100);
    });

    test('sets that are equal to known ones are replaced by them', async () => {
      const place = await rig.makePlace('source');
      const key = await plantObject(place, 'keys');
      const pack = await plantObject(place, 'data');
      const like = {
        ...NO_OBJECTS,
        keys: catalogueOf([key]),
        data: split(catalogueOf([pack])),
      };

      const keys = await place.location.list('keys', { ...LISTING, like });
      const data = await place.location.list('data', { ...LISTING, like });

      expect(keys.objects).toBe(like.keys);
      const shard = Number.parseInt(pack.id.slice(0, 2), 16);
      expect(data.objects.shards[shard]).toBe(like.data.shards[shard]);
    });

    test('a listing that did not change keeps its revision at every level of care', async () => {
      const place = await rig.makePlace('source');
      for (const kind of rig.kinds) {
        const object = await plantObject(place, kind);
        const first = await place.location.list(kind, LISTING);
        const like = { ...NO_OBJECTS, [kind]: first.objects };

        const again = await place.location.list(kind, LISTING);
        const full = await place.location.list(kind, { ...LISTING, care: 'full', like });
        expect([again.revision, full.revision]).toEqual([first.revision, first.revision]);

        await place.plant(object.path, Buffer.from('short'));
        const shrunk = await place.location.list(kind, { ...LISTING, care: 'full' });
        await place.unplant(object.path);
        const gone = await place.location.list(kind, LISTING);
        await place.plant(`${object.path}.tmp`, Buffer.from('foreign'));
        const foreign = await place.location.list(kind, { ...LISTING, care: 'full' });

        const all = [first, shrunk, gone, foreign].map(({ revision }) => revision);
        expect(new Set(all).size).toBe(all.length);
      }
    });

    test('what is added right after a listing is in the next one, however soon', async () => {
      const place = await rig.makePlace('source');
      const objects: Planted[] = [];
      for (let n = 0; n < rig.rounds; n++) {
        await place.location.list('snapshots', LISTING);
        objects.push(await plantObject(place, 'snapshots'));

        const listing = await place.location.list('snapshots', LISTING);

        expect(listing.objects.count).toBe(objects.length);
      }
    });

    test('what is deleted right after a listing is not in the next one', async () => {
      const place = await rig.makePlace('source');
      const objects = await plantObjects(place, 'index', Array<number>(rig.rounds).fill(100));
      for (const { path, id } of objects) {
        await place.location.list('index', LISTING);
        await place.unplant(path);

        const listing = await place.location.list('index', LISTING);

        expect(listing.objects.has(id)).toBe(false);
      }
    });

    test('cancelled, it rejects with an AbortError', async () => {
      const { location } = await rig.makePlace('source');

      const listing = location.list('data', { ...LISTING, signal: AbortSignal.abort() });

      await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
}

function describeSmallFiles(rig: ContractRig): void {
  describe('small files', () => {
    test('a missing file reads as undefined', async () => {
      const { location } = await rig.makePlace('backend');

      expect(await location.read('config', { signal: NEVER })).toBeUndefined();
      expect(await location.read('.backup-syncd/backend.json', { signal: NEVER })).toBeUndefined();
    });

    test.each(['config', '.backup-syncd/backend.json'] as const)(
      '%s reads back as it was written, again and again',
      async (path) => {
        const place = await rig.makePlace('backend');
        for (const text of ['first', 'second, longer', '3'].slice(0, rig.rounds)) {
          await place.location.write(path, Buffer.from(text), { signal: NEVER });

          const content = await place.location.read(path, { signal: NEVER });

          expect(content?.toString()).toBe(text);
        }
        expect(await place.files()).toEqual(path === 'config' ? ['config'] : []);
      },
    );

    test('writing to a missing place does not create it', async () => {
      for (const path of ['config', '.backup-syncd/backend.json'] as const) {
        const location = rig.missing('backend');

        const writing = location.write(path, Buffer.from('x'), { signal: NEVER });

        await expect(writing).rejects.toMatchObject({ reason: 'not_initialised' });
        const { root } = await location.inspect({ signal: NEVER });
        expect(root).toBe('missing');
      }
    });

    test('cancelled, nothing is written', async () => {
      const place = await rig.makePlace('backend');

      const writing = place.location.write('config', Buffer.from('x'), {
        signal: AbortSignal.abort(),
      });

      await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
      expect(await place.content('config')).toBeUndefined();
    });
  });
}

function describeReceiving(rig: ContractRig): void {
  const pair = () => makePair(rig);

  describe('receive', () => {
    test.each(rig.kinds)('%s: placed under their names', async (kind) => {
      const places = await pair();
      const [source, target] = places;
      const objects = Array.from({ length: 5 }, () => makeObject(kind));
      for (const { path, content } of objects) await source.plant(path, content);

      const receipt = await send(places, kind, { objects: catalogueOf(objects) });

      expect(receipt).toMatchObject({ vanished: [], corrupt: [] });
      expect(receipt.placed.equals(catalogueOf(objects))).toBe(true);
      for (const { path, content } of objects) expect(await target.content(path)).toEqual(content);
      expect(await target.files()).toHaveLength(objects.length);
      expect(await target.temporaries()).toEqual([]);
    });

    test('empty, tiny, large and many small ones together', async () => {
      const places = await pair();
      const [source, target] = places;
      const sizes = [
        0,
        1,
        5 * 2 ** 20,
        ...Array.from({ length: rig.many }, (_, n) => 20 + (n % 50)),
      ];
      const objects = await plantObjects(source, 'data', sizes);
      const moved = { objects: 0, bytes: 0 };

      const { placed } = await send(places, 'data', {
        objects: catalogueOf(objects),
        onProgress: (step) => {
          moved.objects += step.objects;
          moved.bytes += step.bytes;
        },
      });

      expect(placed.equals(catalogueOf(objects))).toBe(true);
      expect(await target.files()).toEqual(await source.files());
      expect(moved).toEqual({ objects: sizes.length, bytes: sizes.reduce((a, b) => a + b) });
    });

    test('what does not match its name is corrupt, and never placed (I5)', async () => {
      const places = await pair();
      const [source, target] = places;
      const bad = makeObject('data');
      await source.plant(bad.path, randomBytes(100));
      const good = await plantObject(source, 'data');

      const receipt = await send(places, 'data', { objects: catalogueOf([bad, good]) });

      expect(receipt).toMatchObject({ vanished: [], corrupt: [{ id: bad.id }] });
      expect(receipt.corrupt[0]?.message).toMatch(/SHA-256/);
      expect(await target.files()).toEqual([good.path]);
      expect(await target.temporaries()).toEqual([]);
    });

    test('an object of another size at the target is replaced', async () => {
      const places = await pair();
      const [source, target] = places;
      const object = await plantObject(source, 'data');
      await target.plant(object.path, Buffer.from('cut short'));

      await send(places, 'data', { objects: catalogueOf([object]) });

      expect(await target.content(object.path)).toEqual(object.content);
    });

    test('cancelled in the middle: no name stands for half an object, and a sweep tidies up', async () => {
      const places = await pair();
      const [source, target] = places;
      const objects = await plantObjects(source, 'data', Array<number>(12).fill(2 ** 20));
      const controller = new AbortController();

      const receiving = send(places, 'data', {
        objects: catalogueOf(objects),
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });

      await expect(receiving).rejects.toMatchObject({ name: 'AbortError' });
      for (const { path, content } of objects) {
        const found = (await target.content(path)) ?? content;
        expect(found.equals(content)).toBe(true); // `toEqual` compares a million bytes one by one
      }
      await target.reopen().sweep({ signal: NEVER });
      expect(await target.temporaries()).toEqual([]);
      const again = await send(places, 'data', { objects: catalogueOf(objects) });
      expect(again.placed.count).toBe(objects.length);
    });

    test('a missing place is not created', async () => {
      const source = await makeSource(rig);
      const location = rig.missing('backend');
      const object = await plantObject(source, 'data');

      const sweeping = location.sweep({ signal: NEVER });
      await expect(sweeping).rejects.toMatchObject({ reason: 'not_initialised' });
      const receiving = location.receive(
        { source: source.location, kind: 'data', objects: catalogueOf([object]) },
        { signal: NEVER, minFreeBytes: 0, onProgress: () => undefined },
      );

      await expect(receiving).rejects.toMatchObject({ reason: 'not_initialised' });
      expect((await location.inspect({ signal: NEVER })).root).toBe('missing');
    });
  });
}

function describeVerifying(rig: ContractRig): void {
  describe('verify', () => {
    test('tells what matches its name, what does not, and what is gone (I5)', async () => {
      const place = await rig.makePlace('source');
      const [good, empty] = await plantObjects(place, 'data', [100, 0]);
      const [bad, gone] = [makeObject('data'), makeObject('data')];
      await place.plant(bad.path, randomBytes(100));
      if (good === undefined || empty === undefined) throw new Error('nothing was planted');

      const receipt = await place.location.verify(
        'data',
        catalogueOf([good, empty, bad, gone]),
        LISTING,
      );

      expect(receipt).toMatchObject({ vanished: [gone.id], corrupt: [{ id: bad.id }] });
      expect(receipt.placed.equals(catalogueOf([good, empty]))).toBe(true);
      expect((await place.location.verify('data', Catalogue.from([]), LISTING)).placed.count).toBe(
        0,
      );
    });
  });
}

function describeReceipts(rig: ContractRig): void {
  const pair = () => makePair(rig);

  describe('receive, in detail', () => {
    test('the next listing of the target has them', async () => {
      const places = await pair();
      const [source, { location }] = places;
      await location.list('data', LISTING);
      const object = await plantObject(source, 'data');

      await send(places, 'data', { objects: catalogueOf([object]) });

      expect((await location.list('data', LISTING)).objects.sizeOf(object.id)).toBe(100);
    });

    test('an empty transfer is valid', async () => {
      const places = await pair();

      const receipt = await send(places, 'keys', { objects: Catalogue.from([]) });

      expect(receipt.placed.count).toBe(0);
    });

    test('what is gone from the source has vanished; the others arrive', async () => {
      const places = await pair();
      const [source, target] = places;
      const [gone, there] = [makeObject('snapshots'), await plantObject(source, 'snapshots')];

      const receipt = await send(places, 'snapshots', { objects: catalogueOf([gone, there]) });

      expect(receipt).toMatchObject({ vanished: [gone.id], corrupt: [] });
      expect(await target.files()).toEqual([there.path]);
    });

    test('an object with another size than in the view has vanished', async () => {
      const places = await pair();
      const [source, target] = places;
      const object = await plantObject(source, 'data');
      const objects = Catalogue.from([[object.id, object.content.length + 1]]);

      const receipt = await send(places, 'data', { objects });

      expect(receipt).toMatchObject({ vanished: [object.id], corrupt: [] });
      expect(await target.files()).toEqual([]);
    });

    test('an object of unknown size is taken as it is', async () => {
      const places = await pair();
      const object = await plantObject(places[0], 'index');

      const { placed } = await send(places, 'index', {
        objects: Catalogue.from([[object.id, undefined]]),
      });

      expect(placed.sizeOf(object.id)).toBe(100);
    });

    test('a settled pass leaves nothing to sync again', async () => {
      const places = await pair();
      const [source, target] = places;
      const object = await plantObject(source, 'data');
      await send(places, 'data', { objects: catalogueOf([object]) });
      await target.location.settle({ signal: NEVER });

      await target.reopen().sweep({ signal: NEVER });

      expect(await target.files()).toEqual([object.path]);
    });
  });
}

function describeStat(rig: ContractRig): void {
  describe('stat', () => {
    test('returns current sizes; missing objects are absent', async () => {
      const place = await rig.makePlace('source');
      const object = await plantObject(place, 'index');
      await place.location.list('index', LISTING);
      await place.plant(object.path, Buffer.from('x'));
      const absent = makeObject('index').id;

      const found = await place.location.stat('index', [absent, object.id], { signal: NEVER });

      expect(found).toEqual([expect.objectContaining({ id: object.id, size: 1 })]);
    });

    test('of nothing is nothing', async () => {
      const { location } = await rig.makePlace('source');

      expect(await location.stat('data', [], { signal: NEVER })).toEqual([]);
    });
  });
}

function describeLooking(rig: ContractRig): void {
  describe('locks', () => {
    test('are counted, with the times of the oldest and the newest; at a remote they are unknown', async () => {
      const place = await rig.makePlace('source');
      for (const mtimeMs of [1_600_000_000_000, 1_500_000_000_000])
        await place.plant(`locks/${sha256(String(mtimeMs))}`, Buffer.from('lock'), mtimeMs);
      await place.plant('locks/other', Buffer.from('x'));

      const locks = await place.location.locks({ signal: NEVER });

      const seen = { count: 2, oldestAt: 1_500_000_000_000, newestAt: 1_600_000_000_000 };
      expect(locks).toEqual(
        place.location.kind === 'rclone' ? undefined : expect.objectContaining(seen),
      );
    });

    test('snapshots that come and go quickly are noticed', async () => {
      const place = await rig.makePlace('source');
      for (let n = 0; n < rig.rounds; n++) {
        const path = `locks/${sha256(String(n))}`;
        await place.plant(path, Buffer.from('lock'));
        const before = await place.location.locks({ signal: NEVER });
        await place.unplant(path);
        const after = await place.location.locks({ signal: NEVER });
        const expected = place.location.kind === 'rclone' ? [undefined, undefined] : [1, 0];
        expect([before?.count, after?.count]).toEqual(expected);
      }
    });
  });

  describe('inspect', () => {
    test('describes the entries at the root', async () => {
      const place = await rig.makePlace('source');
      await place.plant('config', Buffer.from('x'));
      await plantObject(place, 'keys');

      const found = await place.location.inspect({ signal: NEVER });

      expect(found).toMatchObject({ root: 'directory', erasureFormat: false });
      expect([...found.entries].sort()).toEqual(['config', 'keys']);
    });

    test('reports that there is nothing', async () => {
      expect(await rig.missing('source').inspect({ signal: NEVER })).toEqual({
        root: 'missing',
        entries: [],
        erasureFormat: false,
      });
    });
  });
}

function describeSpace(rig: ContractRig): void {
  if (!rig.tellsSpace) {
    test('space: unknown', async () => {
      const { location } = await rig.makePlace('backend');

      expect(await location.space({ signal: NEVER })).toBeUndefined();
    });
    return;
  }
  test('space: receiving rejects rather than leave less than minFree', async () => {
    const places = await makePair(rig);
    const [source, target] = places;
    const object = await plantObject(source, 'data');
    const space = await target.location.space({ signal: NEVER });

    const receiving = send(places, 'data', {
      objects: catalogueOf([object]),
      minFreeBytes: (space?.freeBytes ?? NaN) * 2,
    });

    await expect(receiving).rejects.toMatchObject({ reason: 'no_space' });
    expect(await target.files()).toEqual([]);
  });
}

function describeTimes(rig: ContractRig): void {
  test('times: received objects have those of the source, and stat tells them', async () => {
    const places = await makePair(rig);
    const [source, target] = places;
    const object = makeObject('index');
    await source.plant(object.path, object.content, 1_500_000_000_000);

    await send(places, 'index', { objects: catalogueOf([object]) });

    expect(await target.mtimeMs(object.path)).toBe(1_500_000_000_000);
    const [found] = await target.location.stat('index', [object.id], { signal: NEVER });
    expect(found?.mtimeMs).toBe(1_500_000_000_000);
  });
}

function describeOddFiles(rig: ContractRig, plantOdd: NonNullable<ContractRig['plantOdd']>): void {
  const plantAll = (place: ContractPlace, kind: HashedKind) =>
    (['symlink', 'fifo', 'directory'] as const).map((what) => {
      const object = makeObject(kind);
      plantOdd(place, object.path, what);
      return object;
    });

  describe('anything but a file under the name of an object', () => {
    test('is refused by name in a listing, and not followed', async () => {
      const place = await rig.makePlace('source');
      const good = await plantObject(place, 'keys');
      const odd = plantAll(place, 'keys');

      const listing = await place.location.list('keys', LISTING);

      expect(idsOf(listing)).toEqual([good.id]);
      expect([...listing.refused].sort()).toEqual(odd.map(({ path }) => path).sort());
    });

    test('has vanished for a transfer, and is not opened', async () => {
      const places = await makePair(rig);
      const [source, target] = places;
      const odd = plantAll(source, 'data');
      const objects = Catalogue.from(odd.map(({ id }) => [id, undefined]));

      const receipt = await send(places, 'data', { objects });

      expect([...receipt.vanished].sort()).toEqual(sortedIds(odd));
      expect(await target.files()).toEqual([]);
    });
  });
}
