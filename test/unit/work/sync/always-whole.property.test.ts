import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { initialBackend } from '../../../../src/facts/initial.ts';
import { RawBackend } from '../../../../src/backends/raw-backend.ts';
import { createMarker, writeMarker } from '../../../../src/backends/marker.ts';
import type { SendOptions, Sent } from '../../../../src/work/sender.ts';
import { replicate } from '../../../../src/work/sync/replicate.ts';
import { recordArrival, sparedBy } from '../../../../src/repository/pack-arrivals.ts';
import { minus } from '../../../../src/repository/catalogue.ts';
import { flatten } from '../../../../src/repository/data-catalogue.ts';
import { objectPath } from '../../../../src/repository/names.ts';
import type { Objects } from '../../../../src/repository/objects.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { resticActions } from '../../../arbitraries/restic-actions.ts';
import { checkRepository, ResticModel } from '../../../arbitraries/restic-model.ts';
import { MemoryLocation } from '../../../support/memory-location.ts';
import { NEVER, passOf, sendOptions, viewOf } from '../../replication/fixtures.ts';

const owner = { client: 'ahost', backend: 'nas', writer: 'here' };

async function backendAt(target: MemoryLocation): Promise<RawBackend> {
  const quiet = new MemoryLocation(target.place);
  await writeMarker(quiet, createMarker(owner, 0, null), { signal: NEVER });
  return new RawBackend({ location: target, isRemote: false, owner });
}

/** One pass of a worker: a view, an inspection, and a sync that takes new views as often as needed. */
// eslint-disable-next-line max-params -- mostly two
async function pass(
  source: MemoryLocation,
  backend: RawBackend,
  signal = NEVER,
  noted: Partial<SendOptions> = {},
): Promise<Sent> {
  const view = await viewOf(source);
  await backend.inspect({
    view,
    source,
    signal,
    now: 0,
    wanted: 'full',
    isIdle: false,
    configSha256: view.configSha256,
    remembered: initialBackend(0),
  });
  return replicate(backend, view, sendOptions(source, { pass: passOf({ signal }), ...noted }));
}

/** Records the result of `restic check` at every instant. */
function watch(target: MemoryLocation): string[] {
  const complaints: string[] = [];
  target.place.onChange = (path) => {
    if (!path.startsWith('.backup-syncd')) complaints.push(...checkRepository(target.place));
  };
  return complaints;
}

const pace = fc.array(fc.nat(5), { minLength: 1, maxLength: 25 });

test('while restic works at the source, the target is whole at every instant (I2, I3)', async () => {
  await fc.assert(
    fc.asyncProperty(resticActions, resticActions, pace, async (history, meanwhile, steps) => {
      const [source, target] = [new MemoryLocation(), new MemoryLocation()];
      const model = new ResticModel(source.place, history);
      model.finish();
      for (const action of meanwhile) model.add(action);
      const backend = await backendAt(target);
      const complaints = watch(target);
      let turn = 0;
      const advance = () => model.steps(steps[turn++ % steps.length] ?? 0);
      [source.before, target.before, target.beforeObject] = [advance, advance, advance];

      await pass(source, backend).catch(() => undefined);

      expect(complaints).toEqual([]);
      model.finish();
      await pass(source, backend);
      expect(complaints).toEqual([]);
      const there = target.place.names('snapshots');
      expect(there).toEqual(expect.arrayContaining(source.place.names('snapshots')));
    }),
    { numRuns: 200 },
  );
});

type Fault = 'fails' | 'is cancelled' | 'loses what it stores' | 'cuts it short';
const faults = fc.constantFrom<Fault>(
  'fails',
  'is cancelled',
  'loses what it stores',
  'cuts it short',
);

test('after any fault at any call, the target is intact, and the next pass finishes', async () => {
  await fc.assert(
    fc.asyncProperty(resticActions, faults, fc.nat(40), async (history, fault, when) => {
      const [source, target] = [new MemoryLocation(), new MemoryLocation()];
      new ResticModel(source.place, history).finish();
      const backend = await backendAt(target);
      const complaints = watch(target);
      const controller = new AbortController();
      let events = 0;
      const strike = () => {
        if (events++ !== when) return;
        if (fault === 'is cancelled') controller.abort();
        if (fault === 'fails') throw new SyncdError('unreachable', 'gone');
      };
      [source.before, target.before, target.beforeObject] = [strike, strike, strike];
      target.lie = (path) => {
        const isCaught = path.startsWith('data') && events > when;
        if (fault === 'loses what it stores' && isCaught) return 'nothing';
        return fault === 'cuts it short' && isCaught ? 'short' : undefined;
      };

      await pass(source, backend, controller.signal).catch(() => undefined);

      const isVisible = target.place.names('snapshots').length > 0;
      if (isVisible) expect(checkRepository(target.place)).toEqual([]);
      expect(complaints).toEqual([]);
      [source.before, target.before] = [() => undefined, () => undefined];
      [target.beforeObject, target.lie] = [() => undefined, () => undefined];
      await pass(source, await backendAt(target));
      expect(checkRepository(target.place)).toEqual([]);
      expect(target.place.names('snapshots')).toEqual(source.place.names('snapshots'));
    }),
    { numRuns: 300 },
  );
});

test('a corrupt object is never sent, and the objects that refer to it are withheld (I5)', async () => {
  await fc.assert(
    fc.asyncProperty(resticActions, fc.nat(), async (history, which) => {
      const [source, target] = [new MemoryLocation(), new MemoryLocation()];
      const model = new ResticModel(source.place, history);
      model.finish();
      const packs = source.place.paths('data');
      const bad = packs[which % Math.max(packs.length, 1)];
      fc.pre(bad !== undefined && source.place.names('snapshots').length > 0);
      const good = source.place.content(bad) ?? Buffer.alloc(0);
      source.place.put(bad, Buffer.from(good).reverse());
      const backend = await backendAt(target);
      const complaints = watch(target);

      const { corrupt } = await pass(source, backend);

      expect(corrupt.map(({ id }) => bad.endsWith(id))).toEqual([true]);
      expect(target.place.content(bad)).toBeUndefined();
      expect(target.place.names('snapshots')).toEqual([]);
      expect(complaints).toEqual([]);
      source.place.put(bad, good);
      await pass(source, backend);
      expect(checkRepository(target.place)).toEqual([]);
      expect(target.place.names('snapshots')).toEqual(source.place.names('snapshots'));
    }),
    { numRuns: 100 },
  );
});

test('a corrupt pack withholds everything that was not in a valid view without it; the target stays intact', async () => {
  await fc.assert(
    fc.asyncProperty(resticActions, resticActions, fc.nat(), async (history, later, which) => {
      const [source, target] = [new MemoryLocation(), new MemoryLocation()];
      const model = new ResticModel(source.place, history);
      model.finish();
      const backend = await backendAt(target);
      const complaints = watch(target);
      const before = (await viewOf(source)).objects;
      for (const action of later) model.add(action);
      model.finish();
      const came = source.place.paths('data').filter((path) => !isIn(before, path));
      const orphan = 'f'.repeat(64); // short, and named by no index
      const bad = which % 2 === 0 ? objectPath('data', orphan) : came[which % came.length];
      fc.pre(bad !== undefined && source.place.names('snapshots').length > 0);
      const good = source.place.content(bad);
      source.place.put(bad, 'short');
      const now = (await viewOf(source)).objects;
      const arrivals = recordArrival([], before, now);

      const { corrupt } = await pass(source, backend, NEVER, {
        sparedBy: (packs, { objects }) => sparedBy(packs, arrivals, objects),
      });

      expect(corrupt).toHaveLength(1);
      expect(complaints).toEqual([]);
      const sent = target.place.names('snapshots');
      const areIndexesThere = minus(before.index, now.index).count === 0;
      const old = source.place.names('snapshots').filter((id) => before.snapshots.has(id));
      expect(sent.sort()).toEqual(areIndexesThere ? old.sort() : []);
      if (good === undefined) source.place.delete(bad);
      else source.place.put(bad, good);
      await pass(source, backend);
      expect(checkRepository(target.place)).toEqual([]);
      expect(target.place.names('snapshots')).toEqual(source.place.names('snapshots'));
    }),
    { numRuns: 100 },
  );
});

function isIn({ data }: Objects, path: string): boolean {
  return flatten(data).has(path.slice(path.lastIndexOf('/') + 1));
}
