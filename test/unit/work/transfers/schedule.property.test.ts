import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fleet, type Pass } from './fleet-model.ts';

const RATE = 1_000;
const STALL_MS = 10_000;

type Step =
  | {
      readonly do: 'arrive';
      readonly client: number;
      readonly backend: string;
      readonly isLong: boolean;
      readonly batches: number[];
    }
  | { readonly do: 'finish' | 'hang' | 'stop'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'limit'; readonly transfers: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('arrive' as const),
      client: fc.nat(5),
      backend: fc.constantFrom('near', 'limited'),
      isLong: fc.boolean(),
      batches: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('hang' as const, 'stop' as const),
      which: fc.nat(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat(12_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('limit' as const),
      transfers: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

async function take(fleet: Fleet, action: Step): Promise<void> {
  const pick = (list: readonly Pass[], which: number) => list[which % Math.max(1, list.length)];
  if (action.do === 'arrive')
    await fleet.arrive({ ...action, client: `c${action.client}`, batches: [...action.batches] });
  else if (action.do === 'advance') await fleet.advance(action.ms);
  else if (action.do === 'limit')
    await fleet.setLimits({ ...fleet.limits, transfers: action.transfers });
  else {
    const pass = pick(action.do === 'stop' ? fleet.passes : fleet.moving, action.which);
    if (pass === undefined) return;
    if (action.do === 'finish') await fleet.finish(pass);
    else if (action.do === 'stop') await fleet.stop(pass);
    else pass.isHung = true;
  }
}

/** The passes that count, because they have moved within the last ten seconds. */
function counted(fleet: Fleet): Pass[] {
  return fleet.moving.filter(({ transfer }) => fleet.now - (transfer?.movedAt ?? 0) < STALL_MS);
}

/** Ends everything, as a fleet whose remotes all work does. */
async function drain(fleet: Fleet): Promise<void> {
  for (let i = 0; i < 2_000 && fleet.passes.some(({ end }) => end === undefined); i++) {
    const [first] = fleet.moving;
    if (first !== undefined) await fleet.finish(first);
    else await fleet.advance(1_000);
  }
}

test('never more than the slots, never two of a limited backend, no slot is left unused, and every pass finishes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const fleet = new Fleet({ transfers: 2, bandwidth: { limited: RATE } });
      let most = 2;
      for (const action of steps) {
        if (action.do === 'limit') most = Math.max(most, action.transfers);
        const wasHung = fleet.moving.some(({ isHung }) => isHung);
        const before = new Set(fleet.moving);
        await take(fleet, action);
        const moving = counted(fleet);
        const isNew = moving.some((pass) => !before.has(pass));
        if (isNew && !wasHung && action.do !== 'limit') {
          expect(moving.length).toBeLessThanOrEqual(most);
          expect(moving.filter(({ backend }) => backend === 'limited').length).toBeLessThanOrEqual(
            1,
          );
        }
        if (moving.length < fleet.limits.transfers) {
          expect(fleet.waiting.filter(({ backend }) => backend === 'near')).toEqual([]);
        }
      }
      await drain(fleet);
      const ends = fleet.passes.map(({ end, stop }) => end === 'done' || stop.signal.aborted);
      expect(ends).toEqual(ends.map(() => true));
    }),
    { numRuns: 150 },
  );
});

test('a limited backend never exceeds its rate, no matter how many clients send', async () => {
  const arrivals = fc.array(
    fc.record({
      client: fc.nat(5),
      bytes: fc.integer({ min: 1, max: 5_000 }),
      afterMs: fc.nat(3_000),
    }),
    { minLength: 2, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(arrivals, async (list) => {
      const fleet = new Fleet({ transfers: 3, bandwidth: { limited: RATE } });
      for (const { client, bytes, afterMs } of list) {
        await fleet.arrive({
          client: `c${client}`,
          backend: 'limited',
          isLong: false,
          batches: [bytes],
        });
        for (const pass of fleet.moving) await fleet.finish(pass); // as a directory: at once
        await fleet.advance(afterMs);
      }
      await drain(fleet);
      const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
      const [first, last] = [fleet.begun[0], fleet.begun.at(-1)];
      const lastBytes = list.find((_, at) => fleet.passes[at] === last?.pass)?.bytes ?? 0;
      const elapsedMs = (last?.at ?? 0) - (first?.at ?? 0);
      expect(((total - lastBytes) / RATE) * 1000).toBeLessThanOrEqual(elapsedMs);
    }),
    { numRuns: 100 },
  );
});

test('a long transfer starts a batch only if no short one could start', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const fleet = new Fleet({ transfers: 2, bandwidth: {} });
      for (const action of steps) await take(fleet, action);
      for (const { pass, waited, at } of fleet.begun) {
        const isPatient = at - (pass.transfer?.since ?? 0) >= 10 * 60_000;
        if (pass.isLong && !isPatient) expect(waited.filter(({ isLong }) => !isLong)).toEqual([]);
      }
      await drain(fleet);
    }),
    { numRuns: 100 },
  );
});

test('between two turns of a client, every other that waits has had one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(6), { minLength: 3, maxLength: 30 }), async (clients) => {
      const fleet = new Fleet({ transfers: 1, bandwidth: {} });
      for (const client of clients) {
        await fleet.arrive({ client: `c${client}`, backend: 'near', isLong: false, batches: [1] });
      }
      await drain(fleet);
      const order = fleet.begun.map(({ pass }) => pass.client);
      for (const [i, { pass, waited }] of fleet.begun.entries()) {
        const next = order.indexOf(pass.client, i + 1);
        if (next < 0) continue;
        const between = new Set(order.slice(i + 1, next));
        for (const { client } of waited) {
          if (client !== pass.client) expect(between).toContain(client);
        }
      }
    }),
    { numRuns: 100 },
  );
});
