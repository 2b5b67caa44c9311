import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Listing, ListOptions, Location, Receipt } from '../../src/locations/location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { split } from '../../src/repository/data-catalogue.ts';
import { HASHED_KINDS, objectPath, type HashedKind } from '../../src/repository/names.ts';
import { NO_OBJECTS } from '../../src/repository/objects.ts';
import { sha256 } from '../support/memory-location.ts';

/** A place under a test: a location, and a way around it. */
export interface ContractPlace {
  readonly location: Location;
  /** puts a file there as another program would */
  plant(path: string, content: Buffer, mtimeMs?: number): void;
  unplant(path: string): void;
  content(path: string): Buffer | undefined;
  mtimeMs(path: string): number | undefined;
  /** every file's path, without what the location keeps for itself */
  files(): string[];
  /** another location on the same place, which remembers nothing */
  reopen(): Location;
  /** temporary files of transfers that are there now */
  temporaries(): string[];
  /** puts something else than a file there; absent where the kind of place has no such things */
  plantOdd?(path: string, what: 'symlink' | 'fifo' | 'directory'): void;
}

export interface ContractRig {
  makePlace(role: 'source' | 'backend'): ContractPlace;
  /** where objects come from, if not from a place of the same kind */
  makeSource?(): ContractPlace;
  /** how often to repeat what could only sometimes go wrong; fewer where each call costs a process */
  readonly rounds?: number;
  /** false: the kind of place does not keep the times of files */
  readonly keepsTimes?: boolean;
  /** a location whose root is not there */
  missing(role: 'source' | 'backend'): Location;
}

const NEVER = new AbortController().signal;
const LISTING: ListOptions = { signal: NEVER, sizes: true, incremental: true };

interface Planted {
  readonly id: string;
  readonly path: string;
  readonly content: Buffer;
}

function makeObject(kind: HashedKind, content: Buffer = randomBytes(100)): Planted {
  const id = sha256(content);
  return { id, path: objectPath(kind, id), content };
}

function plantObject(place: ContractPlace, kind: HashedKind, content?: Buffer): Planted {
  const object = makeObject(kind, content);
  place.plant(object.path, object.content);
  return object;
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
    describeListing(rig);
    describeSmallFiles(rig);
    describeReceiving(rig);
    describeLooking(rig);
  });
}

function describeListing(rig: ContractRig): void {
  describe('list', () => {
    test.each(HASHED_KINDS)('%s: each object with its size', async (kind) => {
      const place = rig.makePlace('source');
      const objects = [0, 1, 1_000].map((size) => plantObject(place, kind, randomBytes(size)));

      const listing = await place.location.list(kind, LISTING);

      expect(idsOf(listing)).toEqual(sortedIds(objects));
      for (const { id, content } of objects)
        expect(listing.objects.sizeOf(id)).toBe(content.length);
      expect(listing).toMatchObject({ ignored: 0, refused: [] });
    });

    test('a kind that nobody has written yet is empty', async () => {
      const place = rig.makePlace('source');
      place.plant('config', Buffer.from('x'));

      expect((await place.location.list('snapshots', LISTING)).objects.count).toBe(0);
      expect((await place.location.list('data', LISTING)).objects.count).toBe(0);
    });

    test('a place that is not there is not empty', async () => {
      for (const kind of HASHED_KINDS) {
        const listing = rig.missing('backend').list(kind, LISTING);
        await expect(listing).rejects.toMatchObject({ reason: 'not_initialised' });
      }
    });

    test('names that restic would not accept are counted, not listed (I1)', async () => {
      const place = rig.makePlace('source');
      const { id } = plantObject(place, 'snapshots');
      const foreign = [`${id}.tmp`, `${id}-tmp-17`, id.toUpperCase(), id.slice(1), '.hidden', 'x'];
      for (const other of foreign) place.plant(`snapshots/${other}`, Buffer.from('x'));

      const listing = await place.location.list('snapshots', LISTING);

      expect(idsOf(listing)).toEqual([id]);
      expect(listing.ignored).toBe(foreign.length);
    });

    test('a pack in the directory of other first digits is none', async () => {
      const place = rig.makePlace('source');
      const { id, content } = plantObject(place, 'data');
      place.plant(`data/${id.startsWith('00') ? '01' : '00'}/${id}`, content);

      const listing = await place.location.list('data', LISTING);

      expect(idsOf(listing)).toEqual([id]);
      expect(listing.ignored).toBe(1);
    });

    test('names alone, where no sizes are asked for', async () => {
      const place = rig.makePlace('source');
      const { id } = plantObject(place, 'index');

      const names = await place.location.list('index', { ...LISTING, sizes: false });
      const sized = await place.location.list('index', { ...LISTING, incremental: false });

      expect(names.objects.has(id)).toBe(true);
      expect(names.objects.sizeOf(id)).toBeUndefined();
      expect(sized.objects.sizeOf(id)).toBe(100);
    });

    test('sets that are equal to known ones are answered as these', async () => {
      const place = rig.makePlace('source');
      const key = plantObject(place, 'keys');
      const pack = plantObject(place, 'data');
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

    test('what is added right after a listing is in the next one, however soon', async () => {
      const place = rig.makePlace('source');
      const objects: Planted[] = [];
      for (let n = 0; n < (rig.rounds ?? 40); n++) {
        await place.location.list('snapshots', LISTING);
        objects.push(plantObject(place, 'snapshots'));

        const listing = await place.location.list('snapshots', LISTING);

        expect(listing.objects.count).toBe(objects.length);
      }
    });

    test('what is deleted right after a listing is not in the next one', async () => {
      const place = rig.makePlace('source');
      const objects = Array.from({ length: rig.rounds ?? 20 }, () => plantObject(place, 'index'));
      for (const { path, id } of objects) {
        await place.location.list('index', LISTING);
        place.unplant(path);

        const listing = await place.location.list('index', LISTING);

        expect(listing.objects.has(id)).toBe(false);
      }
    });

    test('a listing that trusts nothing sees a file that shrank in place', async () => {
      const place = rig.makePlace('source');
      const { path, id } = plantObject(place, 'data');
      await place.location.list('data', LISTING);
      place.plant(path, Buffer.from('short'));

      const listing = await place.location.list('data', { ...LISTING, incremental: false });

      expect(listing.objects.sizeOf(id)).toBe(5);
    });

    test('cancelled, it rejects with an AbortError', async () => {
      const { location } = rig.makePlace('source');

      const listing = location.list('data', { ...LISTING, signal: AbortSignal.abort() });

      await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('anything but a file under an object name is refused by name, and not followed', async () => {
      const place = rig.makePlace('source');
      if (place.plantOdd === undefined) return;
      const good = plantObject(place, 'keys');
      const odd = (['symlink', 'fifo', 'directory'] as const).map((what) => {
        const { path } = makeObject('keys');
        place.plantOdd?.(path, what);
        return path;
      });

      const listing = await place.location.list('keys', LISTING);

      expect(idsOf(listing)).toEqual([good.id]);
      expect([...listing.refused].sort()).toEqual(odd.sort());
    });
  });
}

function describeSmallFiles(rig: ContractRig): void {
  describe('small files', () => {
    test('what is not there reads as undefined', async () => {
      const { location } = rig.makePlace('backend');

      expect(await location.read('config', { signal: NEVER })).toBeUndefined();
      expect(await location.read('.backup-syncd/backend.json', { signal: NEVER })).toBeUndefined();
    });

    test.each(['config', '.backup-syncd/backend.json'] as const)(
      '%s reads back as it was written, again and again',
      async (path) => {
        const place = rig.makePlace('backend');
        for (const text of ['first', 'second, longer', '3']) {
          await place.location.write(path, Buffer.from(text), { signal: NEVER });

          const content = await place.location.read(path, { signal: NEVER });

          expect(content?.toString()).toBe(text);
        }
        expect(place.files()).toEqual(path === 'config' ? ['config'] : []);
      },
    );

    test('a place that is not there is not made by writing to it', async () => {
      for (const path of ['config', '.backup-syncd/backend.json'] as const) {
        const location = rig.missing('backend');

        const writing = location.write(path, Buffer.from('x'), { signal: NEVER });

        await expect(writing).rejects.toMatchObject({ reason: 'not_initialised' });
        const { root } = await location.inspect({ signal: NEVER });
        expect(root).toBe('missing');
      }
    });

    test('cancelled, nothing is written', async () => {
      const place = rig.makePlace('backend');

      const writing = place.location.write('config', Buffer.from('x'), {
        signal: AbortSignal.abort(),
      });

      await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
      expect(place.content('config')).toBeUndefined();
    });
  });
}

function describeReceiving(rig: ContractRig): void {
  const makeSource = () => rig.makeSource?.() ?? rig.makePlace('source');
  const pair = () => [makeSource(), rig.makePlace('backend')] as const;

  describe('receive', () => {
    test.each(HASHED_KINDS)('%s: placed under their names, with their times', async (kind) => {
      const places = pair();
      const [source, target] = places;
      const objects = Array.from({ length: 5 }, () => makeObject(kind));
      for (const { path, content } of objects) source.plant(path, content, 1_500_000_000_000);

      const receipt = await send(places, kind, { objects: catalogueOf(objects) });

      expect(receipt).toMatchObject({ vanished: [], corrupt: [] });
      expect(receipt.placed.equals(catalogueOf(objects))).toBe(true);
      for (const { path, content } of objects) {
        expect(target.content(path)).toEqual(content);
        if (rig.keepsTimes !== false) expect(target.mtimeMs(path)).toBe(1_500_000_000_000);
      }
      expect(target.files()).toHaveLength(objects.length);
      expect(target.temporaries()).toEqual([]);
    });

    test('empty, tiny, large and a thousand small ones together', async () => {
      const places = pair();
      const [source, target] = places;
      const sizes = [0, 1, 5 * 2 ** 20, ...Array.from({ length: 1_000 }, (_, n) => 20 + (n % 50))];
      const objects = sizes.map((size) => plantObject(source, 'data', randomBytes(size)));
      const moved = { objects: 0, bytes: 0 };

      const { placed } = await send(places, 'data', {
        objects: catalogueOf(objects),
        onProgress: (step) => {
          moved.objects += step.objects;
          moved.bytes += step.bytes;
        },
      });

      expect(placed.equals(catalogueOf(objects))).toBe(true);
      expect(target.files()).toEqual(source.files());
      expect(moved).toEqual({ objects: sizes.length, bytes: sizes.reduce((a, b) => a + b) });
    });

    test('the next listing of the target has them', async () => {
      const places = pair();
      const [source, { location }] = places;
      await location.list('data', LISTING);
      const object = plantObject(source, 'data');

      await send(places, 'data', { objects: catalogueOf([object]) });

      expect((await location.list('data', LISTING)).objects.sizeOf(object.id)).toBe(100);
    });

    test('nothing at all is a transfer, too', async () => {
      const places = pair();

      const receipt = await send(places, 'keys', { objects: Catalogue.from([]) });

      expect(receipt.placed.count).toBe(0);
    });

    test('what is gone from the source has vanished; the others arrive', async () => {
      const places = pair();
      const [source, target] = places;
      const [gone, there] = [makeObject('snapshots'), plantObject(source, 'snapshots')];

      const receipt = await send(places, 'snapshots', { objects: catalogueOf([gone, there]) });

      expect(receipt).toMatchObject({ vanished: [gone.id], corrupt: [] });
      expect(target.files()).toEqual([there.path]);
    });

    test('what has another size than in the view has vanished', async () => {
      const places = pair();
      const [source, target] = places;
      const object = plantObject(source, 'data');
      const objects = Catalogue.from([[object.id, object.content.length + 1]]);

      const receipt = await send(places, 'data', { objects });

      expect(receipt).toMatchObject({ vanished: [object.id], corrupt: [] });
      expect(target.files()).toEqual([]);
    });

    test('what does not match its name is corrupt, and never placed (I5)', async () => {
      const places = pair();
      const [source, target] = places;
      const bad = makeObject('data');
      source.plant(bad.path, randomBytes(100));
      const good = plantObject(source, 'data');

      const receipt = await send(places, 'data', { objects: catalogueOf([bad, good]) });

      expect(receipt).toMatchObject({ vanished: [], corrupt: [{ id: bad.id }] });
      expect(receipt.corrupt[0]?.message).toMatch(/SHA-256/);
      expect(target.files()).toEqual([good.path]);
      expect(target.temporaries()).toEqual([]);
    });

    test('an object of unknown size is taken as it is', async () => {
      const places = pair();
      const object = plantObject(places[0], 'index');

      const { placed } = await send(places, 'index', {
        objects: Catalogue.from([[object.id, undefined]]),
      });

      expect(placed.sizeOf(object.id)).toBe(100);
    });

    test('an object of another size at the target is replaced', async () => {
      const places = pair();
      const [source, target] = places;
      const object = plantObject(source, 'data');
      target.plant(object.path, Buffer.from('cut short'));

      await send(places, 'data', { objects: catalogueOf([object]) });

      expect(target.content(object.path)).toEqual(object.content);
    });

    test('anything but a file has vanished, and is not opened', async () => {
      const places = pair();
      const [source, target] = places;
      if (source.plantOdd === undefined) return;
      const odd = (['symlink', 'fifo', 'directory'] as const).map((what) => {
        const object = makeObject('data');
        source.plantOdd?.(object.path, what);
        return object;
      });
      const objects = Catalogue.from(odd.map(({ id }) => [id, undefined]));

      const receipt = await send(places, 'data', { objects });

      expect([...receipt.vanished].sort()).toEqual(sortedIds(odd));
      expect(target.files()).toEqual([]);
    });

    test('cancelled in the middle: no name stands for half an object, and a sweep tidies up', async () => {
      const places = pair();
      const [source, target] = places;
      const objects = Array.from({ length: 12 }, () =>
        plantObject(source, 'data', randomBytes(2 ** 20)),
      );
      const controller = new AbortController();

      const receiving = send(places, 'data', {
        objects: catalogueOf(objects),
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });

      await expect(receiving).rejects.toMatchObject({ name: 'AbortError' });
      for (const path of target.files()) expect(target.content(path)).toEqual(source.content(path));
      await target.reopen().sweep({ signal: NEVER });
      expect(target.temporaries()).toEqual([]);
      const again = await send(places, 'data', { objects: catalogueOf(objects) });
      expect(again.placed.count).toBe(objects.length);
    });

    test('a pass that settled leaves nothing to mend', async () => {
      const places = pair();
      const [source, target] = places;
      const object = plantObject(source, 'data');
      await send(places, 'data', { objects: catalogueOf([object]) });
      await target.location.settle({ signal: NEVER });

      await target.reopen().sweep({ signal: NEVER });

      expect(target.files()).toEqual([object.path]);
    });

    test('a place that is not there is not made', async () => {
      const source = makeSource();
      const location = rig.missing('backend');
      const object = plantObject(source, 'data');

      const sweeping = location.sweep({ signal: NEVER });
      await expect(sweeping).rejects.toMatchObject({ reason: 'not_initialised' });
      const receiving = location.receive(
        { source: source.location, kind: 'data', objects: catalogueOf([object]) },
        { signal: NEVER, minFreeBytes: 0, onProgress: () => undefined },
      );

      await expect(receiving).rejects.toMatchObject({ reason: 'not_initialised' });
      expect((await location.inspect({ signal: NEVER })).root).toBe('missing');
    });

    test('it rejects rather than leave less than minFree', async () => {
      const places = pair();
      const [source, target] = places;
      const object = plantObject(source, 'data');
      const space = await target.location.space({ signal: NEVER });
      if (space === undefined) return;

      const receiving = send(places, 'data', {
        objects: catalogueOf([object]),
        minFreeBytes: space.freeBytes * 2,
      });

      await expect(receiving).rejects.toMatchObject({ reason: 'no_space' });
      expect(target.files()).toEqual([]);
    });
  });
}

function describeLooking(rig: ContractRig): void {
  describe('stat', () => {
    test('sizes and times as they are now; what is not there is absent', async () => {
      const place = rig.makePlace('source');
      const object = makeObject('index');
      place.plant(object.path, object.content, 1_500_000_000_000);
      await place.location.list('index', LISTING);
      place.plant(object.path, Buffer.from('x'), 1_600_000_000_000);
      const absent = makeObject('index').id;

      const found = await place.location.stat('index', [absent, object.id], { signal: NEVER });

      expect(found).toEqual([
        expect.objectContaining({
          ...{ id: object.id, size: 1 },
          ...(rig.keepsTimes !== false && { mtimeMs: 1_600_000_000_000 }),
        }),
      ]);
    });

    test('of nothing is nothing', async () => {
      const { location } = rig.makePlace('source');

      expect(await location.stat('data', [], { signal: NEVER })).toEqual([]);
    });
  });

  describe('locks', () => {
    test('are counted, with the time of the oldest', async () => {
      const place = rig.makePlace('source');
      for (const mtimeMs of [1_600_000_000_000, 1_500_000_000_000])
        place.plant(`locks/${sha256(String(mtimeMs))}`, Buffer.from('lock'), mtimeMs);
      place.plant('locks/other', Buffer.from('x'));

      const locks = await place.location.locks({ signal: NEVER });

      expect(locks).toEqual({ count: 2, oldestAt: 1_500_000_000_000 });
    });

    test('that come and go are noticed, however soon', async () => {
      const place = rig.makePlace('source');
      for (let n = 0; n < (rig.rounds ?? 20); n++) {
        const path = `locks/${sha256(String(n))}`;
        place.plant(path, Buffer.from('lock'));
        expect((await place.location.locks({ signal: NEVER })).count).toBe(1);
        place.unplant(path);
        expect(await place.location.locks({ signal: NEVER })).toEqual({ count: 0 });
      }
    });
  });

  describe('inspect', () => {
    test('tells what stands at the root', async () => {
      const place = rig.makePlace('source');
      place.plant('config', Buffer.from('x'));
      plantObject(place, 'keys');

      const found = await place.location.inspect({ signal: NEVER });

      expect(found).toMatchObject({ root: 'directory', erasureFormat: false });
      expect([...found.entries].sort()).toEqual(['config', 'keys']);
    });

    test('tells that there is nothing', async () => {
      expect(await rig.missing('source').inspect({ signal: NEVER })).toEqual({
        root: 'missing',
        entries: [],
        erasureFormat: false,
      });
    });
  });
}
