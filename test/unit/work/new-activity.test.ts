import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ClientUnit } from '../../../src/client/unit.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { ACTIVITIES } from '../../../src/work/activities.ts';
import type { Activity } from '../../../src/work/activity.ts';
import { Attempts } from '../../../src/work/attempts.ts';
import type { BackendPass } from '../../../src/work/pass.ts';
import type { Workplace } from '../../../src/work/workplace.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { waitFor } from '../../support/temp.ts';
import { backup, makeRig, MINUTE, type Rig } from '../client/fixtures.ts';

const EVERY_MS = 60 * MINUTE;

type Work = (pass: BackendPass) => Promise<void>;

/** Counts the bytes at a backend once an hour: step 1 of the recipe in CONTRIBUTING.md. */
class Count implements Activity {
  readonly name = 'count';
  readonly everyMs = EVERY_MS;
  private readonly place: Workplace;
  private readonly attempts: Attempts;
  private readonly work: Work;

  constructor(place: Workplace, work: Work) {
    this.place = place;
    this.attempts = new Attempts(this.name, place);
    this.work = work;
  }

  isDue(): boolean {
    const { backend, clock } = this.place;
    if (backend.known.baselineAt === undefined) return false;
    const { lastSuccess = -Infinity } = this.attempts.known;
    return clock.now() - lastSuccess >= EVERY_MS && this.attempts.mayBegin();
  }

  async run(pass: BackendPass) {
    return this.attempts.during(pass, () => this.place.around(pass, () => this.work(pass)));
  }
}

/** A unit with one more activity: step 2 of the recipe. */
async function withCount(work: Work): Promise<Rig> {
  const rig = await makeRig();
  const activities = [...ACTIVITIES, (place: Workplace) => new Count(place, work)];
  const facts = initialFacts('ahost', ['nas'], rig.clock.now());
  const unit = new ClientUnit({ ...rig.options, activities, facts });
  const controller = new AbortController();
  onCleanUp(() => controller.abort());
  void unit.run(controller.signal);
  const counted = {
    ...rig,
    unit,
    backend: (name: string) => {
      const found = unit.report().backends.find(({ backend }) => backend === name);
      if (found === undefined) throw new Error(`no backend ${name}`);
      return found;
    },
  };
  await waitFor(() => counted.backend('nas').counters.syncs === 1, { what: 'the first copy' });
  return counted;
}

async function polls({ unit }: Rig, count: number): Promise<void> {
  const { scans } = unit.report().source;
  await waitFor(() => unit.report().source.scans > scans + count, { what: `${count} polls` });
}

test('a new activity runs when it is due', async () => {
  let runs = 0;
  const rig = await withCount(async () => void (runs += 1));
  await waitFor(() => runs === 1, { what: 'its first run' });
  await polls(rig, 5);
  expect(runs).toBe(1);

  rig.clock.at += EVERY_MS;

  await waitFor(() => runs === 2, { what: 'its next run' });
  await polls(rig, 5);
  expect(runs).toBe(2);
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', counters: { syncs: 1 } });
});

test('a new activity and the sync never run at the same time', async () => {
  const ends: (() => void)[] = [];
  const rig = await withCount(
    ({ signal }) =>
      new Promise((resolve) => {
        ends.push(resolve);
        signal.addEventListener('abort', () => resolve());
      }),
  );
  const target = rig.target('nas');
  await waitFor(() => ends.length === 1, { what: 'its first run' });
  const { length } = target.calls;
  rig.model.act(backup(7));
  await polls(rig, 10);
  expect(target.calls).toHaveLength(length);

  let isSending = false;
  let send: () => void = () => undefined;
  target.beforeObject = () => {
    isSending = true;
    return new Promise((resolve) => (send = resolve));
  };
  ends[0]?.();
  await waitFor(() => isSending, { what: 'the sync' });
  rig.clock.at += EVERY_MS;
  await polls(rig, 10);
  expect(ends).toHaveLength(1);

  target.beforeObject = () => undefined;
  send();
  await waitFor(() => ends.length === 2, { what: 'its next run' });
  expect(rig.backend('nas').snapshots).toBe(2);
  ends[1]?.();
});

test('a new activity that fails has a backoff of its own', async () => {
  let runs = 0;
  const rig = await withCount(async () => {
    runs += 1;
    throw new SyncdError('tool', 'it cannot count');
  });
  await waitFor(() => runs === 1, { what: 'its first run' });
  await polls(rig, 5);
  expect(runs).toBe(1);
  rig.clock.at += MINUTE;
  await waitFor(() => runs === 2, { what: 'its second run' });
  rig.clock.at += MINUTE;
  await polls(rig, 5);
  expect(runs).toBe(2);

  expect(rig.backend('nas')).toMatchObject({
    message: 'it cannot count',
    failures: 2,
    counters: { syncs: 1, failures: {} },
  });
});

test('the recipe names each file that a new activity needs', async () => {
  const contributing = await readFile('CONTRIBUTING.md', 'utf8');
  const [, recipe = ''] = /## A new activity\n([^]*?)\n## /.exec(contributing) ?? [];

  for (const file of ['activity.ts', 'activities.ts', 'attempts.ts', 'workplace.ts'])
    expect(recipe).toContain(`src/work/${file}`);
  const named = [...recipe.matchAll(/\((src\/[^)]*)\)/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
