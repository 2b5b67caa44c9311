import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PollSchedule } from '../../../src/client/poll-schedule.ts';
import { elapsedMs } from '../../../src/runtime/clock.ts';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { SourceLoop } from '../../../src/client/source-loop.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import type { ClientFacts } from '../../../src/facts/facts.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import type { SourceStateName } from '../../../src/report/types.ts';
import { ResticModel, type ResticAction } from '../../arbitraries/restic-model.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { MemoryLocation } from '../../support/memory-location.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { NEVER } from './fixtures.ts';

const HOUR = 3_600_000;

/** A source with a restic that locks it while it works, and a daemon that checks it from time to time. */
class Scene {
  readonly source = new MemoryLocation(undefined, '/source');
  readonly model = new ResticModel(this.source.place);
  readonly states: SourceStateName[] = [];
  readonly clock = {
    at: Date.now() + HOUR,
    now: () => this.clock.at,
    elapsedMs,
    random: () => 0.5,
  };
  private readonly locks: boolean;
  private number = 0;
  private loop: SourceLoop;
  private store: FactStore;

  constructor({ locks }: { readonly locks: boolean }) {
    this.locks = locks;
    if (locks) this.source.place.put('locks/of-init', 'lock');
    this.source.place.delete('locks/of-init');
    [this.store, this.loop] = this.start(initialFacts('ahost', [], this.clock.at));
  }

  get state(): SourceStateName {
    return this.store.source.health.state;
  }

  async poll(): Promise<void> {
    await this.loop.poll(NEVER);
    this.states.push(this.state);
  }

  /** Another process, which knows what the state file says. */
  restart(): void {
    [this.store, this.loop] = this.start(throughAFile(this.store.facts));
  }

  acknowledge() {
    return this.loop.acknowledge({ by: 'root (0)', reason: 'restic check passes' }, NEVER);
  }

  /** Acknowledges an uncertain state: a summary alone cannot show that packs are back in a directory to which others were added. */
  async acknowledgeUncertain({ isRestarted }: { readonly isRestarted: boolean }): Promise<void> {
    if (!isRestarted || this.state === 'ok') return;
    await this.acknowledge();
    await this.poll();
  }

  /** One command of restic, with looks between its steps. */
  async run({ action, looks, killedAfter, hours }: Command): Promise<void> {
    this.clock.at += hours * HOUR;
    for (const name of this.source.place.names('locks')) this.source.place.delete(`locks/${name}`); // `restic unlock`
    const lock = `locks/${idOf(this.number++)}`;
    if (this.locks) this.source.place.put(lock, 'lock', this.clock.at);
    if (killedAfter !== 0) this.model.add(action);
    for (let step = 0; step !== killedAfter && this.model.step(); step++)
      if (looks.includes(step)) await this.poll();
    this.model.kill();
    if (killedAfter === undefined) this.source.place.delete(lock);
    if (looks.includes(-1)) await this.poll();
    if (looks.includes(-2)) this.restart();
  }

  private start(facts: ClientFacts): [FactStore, SourceLoop] {
    const { source, clock } = this;
    const store = new FactStore(facts);
    const loop = new SourceLoop({
      source,
      isRemote: false,
      store,
      clock,
      log: SILENT_LOG,
      schedule: new PollSchedule(1_000, clock),
      isAccepted: async () => false,
      onChange: () => undefined,
    });
    return [store, loop];
  }
}

interface Command {
  readonly action: ResticAction;
  /** after which steps the daemon looks; -1: at the end, -2: it is restarted then */
  readonly looks: readonly number[];
  readonly killedAfter: number | undefined;
  /** since the command before */
  readonly hours: number;
}

const backups = fc
  .uniqueArray(fc.nat(40), { minLength: 1, maxLength: 6 })
  .map((blobs): ResticAction => ({ verb: 'backup', blobs }));
const forget = fc.nat(5).map((which): ResticAction => ({ verb: 'forget', which }));
const verb = (name: 'prune' | 'unsafe-prune' | 'repair-index') =>
  fc.constant<ResticAction>({ verb: name });

function commands(
  killed: fc.Arbitrary<number | undefined>,
  { isUnsafe = true } = {},
): fc.Arbitrary<Command[]> {
  const looks = fc.uniqueArray(fc.integer({ min: -2, max: 8 }), { maxLength: 9 });
  const killable = fc.oneof(
    { weight: 4, arbitrary: backups },
    { weight: 2, arbitrary: forget },
    { weight: 3, arbitrary: verb('prune') },
    { weight: 1, arbitrary: verb('repair-index') },
  );
  const hours = fc.constantFrom(0, 1, 30, 200);
  return fc.array(
    fc.oneof(
      fc.record({ action: killable, looks, killedAfter: killed, hours }),
      // one that is killed half-way does leave a damaged repository
      fc.record({
        action: verb(isUnsafe ? 'unsafe-prune' : 'prune'),
        looks,
        killedAfter: fc.constant(undefined),
        hours,
      }),
    ),
    { maxLength: 14 },
  );
}
const toTheEnd = fc.constant(undefined);
const perhapsKilled = fc.option(fc.nat(6), { nil: undefined, freq: 2 });

test.each([
  { locks: true, killed: perhapsKilled, what: 'killed or not' },
  { locks: false, killed: toTheEnd, what: 'without locks that tell' },
])('what restic does never makes a source damaged: $what', async ({ locks, killed }) => {
  await fc.assert(
    fc.asyncProperty(commands(killed, { isUnsafe: locks }), async (history) => {
      const scene = new Scene({ locks });
      scene.model.act({ verb: 'backup', blobs: [1, 2, 3] });
      await scene.poll();
      for (const command of history) await scene.run(command);
      await scene.poll();

      expect(scene.states).not.toContain('damaged');

      // the next prune that has anything to remove also removes the rest
      const [last] = scene.source.place.names('snapshots');
      scene.model.act({ verb: 'backup', blobs: [98, 99] });
      await scene.poll();
      while (scene.source.place.names('snapshots').length > 0)
        await scene.run({ ...AT_REST, action: { verb: 'forget', which: 0 } });
      await scene.run({ ...AT_REST, action: { verb: 'backup', blobs: [50] } });
      await scene.run({ ...AT_REST, action: { verb: 'prune' } });
      await scene.poll();
      expect([last, scene.state]).toEqual([last, 'ok']);
    }),
    { numRuns: 40 },
  );
});

const AT_REST: Omit<Command, 'action'> = { looks: [], killedAfter: undefined, hours: 1 };

/** The pack that is lost, and the one that a later backup writes, are in the same directory of `data/`. */
const IN_ONE_DIRECTORY: Command[] = [
  { ...AT_REST, action: { verb: 'backup', blobs: [0] }, killedAfter: 1 },
  { ...AT_REST, action: { verb: 'forget', which: 0 } },
  { ...AT_REST, action: { verb: 'backup', blobs: [7, 31, 0] } },
  { ...AT_REST, action: { verb: 'unsafe-prune' } },
];

test('when a twentieth of the packs vanish while restic is not at work, the source is damaged until they are back or that is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(
      commands(perhapsKilled),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      async (history, seed, restarts) => {
        const scene = new Scene({ locks: true });
        scene.model.act({ verb: 'backup', blobs: [1, 2, 3] });
        await scene.poll();
        for (const command of history) await scene.run(command);
        await scene.poll();
        scene.clock.at += HOUR;
        await scene.poll();
        const before = scene.state;
        const { place } = scene.source;
        const packs = place.paths('data');
        fc.pre(before === 'ok' && packs.length > 0 && place.names('snapshots').length > 0);
        const count = Math.max(Math.ceil(packs.length * 0.05), 1 + (seed % packs.length));
        const lost = packs.slice(0, count).map((path) => [path, place.content(path)] as const);

        if (restarts[0] === true) scene.restart();
        for (const [path] of lost) place.delete(path);
        if (restarts[1] === true) scene.restart();
        await scene.poll();
        await scene.poll();
        expect(scene.state).toBe('damaged');
        if (restarts[2] === true) scene.restart();
        scene.model.act({ verb: 'backup', blobs: [70] });
        await scene.poll();
        expect(scene.state).toBe('damaged');

        if (seed % 2 === 0) for (const [path, content] of lost) place.put(path, content ?? '');
        else expect(await scene.acknowledge()).toMatchObject({ accepted: { state: 'damaged' } });
        await scene.poll();
        await scene.acknowledgeUncertain({ isRestarted: restarts.includes(true) });
        if (place.paths('data').length > 0) expect(scene.state).toBe('ok');
      },
    ),
    { numRuns: 40, examples: [[IN_ONE_DIRECTORY, 0, [false, true, false]]] },
  );
});

test('a prune that ends in the middle of a check does not make the source damaged', async () => {
  const scene = new Scene({ locks: true });
  const { source, model } = scene;
  const before: readonly ResticAction[] = [
    { verb: 'backup', blobs: [1, 2] },
    { verb: 'backup', blobs: [3, 4] },
    { verb: 'forget', which: 0 },
  ];
  for (const action of before)
    await scene.run({ action, looks: [-1], killedAfter: undefined, hours: 0 });
  const lock = `locks/${idOf(99)}`;
  source.place.put(lock, 'lock', scene.clock.at);
  model.add({ verb: 'unsafe-prune' });
  model.steps(2);
  expect(source.place.names('index')).toEqual([]);
  await scene.poll();
  const read = source.locks.bind(source);
  let checks = 0;
  source.locks = async (options) => {
    if (++checks === 2) {
      model.finish(); // after everything was listed
      source.place.delete(lock);
    }
    return read(options);
  };

  await scene.poll();
  await scene.poll();

  expect(checks).toBeGreaterThan(2);
  expect(scene.states).toEqual(['ok', 'ok', 'ok', 'suspect', 'suspect', 'ok']);
});
