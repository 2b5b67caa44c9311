import { expect, test } from '@jest/globals';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { StateSaver } from '../../../src/client/state-saver.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { waitFor } from '../../support/temp.ts';

test('what changes while a slow disk saves is saved after it', async () => {
  const store = new FactStore(initialFacts('ahost', [], 0));
  let saves = 0;
  let finish: () => void = () => undefined;
  const save = () => {
    saves += 1;
    return new Promise<void>((resolve) => (finish = resolve));
  };
  const unit = { name: 'ahost', store, setSaving: () => undefined };
  const clock = { now: () => 0, elapsedMs: () => 0, random: () => 0 };
  const saver = new StateSaver({ unit, save }, { log: SILENT_LOG, clock });

  store.markForSaving();
  const first = saver.saveIfDue();
  store.markForSaving();
  await saver.saveIfDue();
  expect(saves).toBe(1);
  finish();
  await first;
  const second = saver.saveIfDue();
  expect(saves).toBe(2);
  finish();
  await second;
  await saver.saveIfDue();
  expect(saves).toBe(2);
});

test('facts that a crash may lose are saved every ten minutes, even if the clock jumps', async () => {
  let saves = 0;
  const save = async () => {
    saves += 1;
  };
  const store = new FactStore(initialFacts('ahost', [], 0));
  const clock = {
    wall: 0,
    elapsed: 5,
    now: () => clock.wall,
    elapsedMs: () => clock.elapsed,
    random: () => 0,
  };
  const unit = { name: 'ahost', store, setSaving: () => undefined };
  const saver = new StateSaver({ unit, save }, { log: SILENT_LOG, clock });

  clock.wall += 24 * 3_600_000;
  clock.elapsed += 9 * 60_000;
  await saver.saveIfDue();
  expect(saves).toBe(0);
  clock.elapsed += 61_000;
  await saver.saveIfDue();
  await saver.saveIfDue();
  expect(saves).toBe(1);
});

test('while it runs, a change is saved by itself, once, until the signal fires', async () => {
  const store = new FactStore(initialFacts('ahost', [], 0));
  let saves = 0;
  const save = async () => {
    saves += 1;
  };
  const unit = { name: 'ahost', store, setSaving: () => undefined };
  const saver = new StateSaver({ unit, save }, { log: SILENT_LOG, clock: systemClock });
  const stop = new AbortController();
  const running = saver.run(stop.signal);

  store.markForSaving();
  store.markForSaving();
  await waitFor(() => saves === 1, { what: 'the change to be saved' });
  stop.abort();
  await running;

  expect(saves).toBe(1);
  expect(store.takeDirty()).toBe(false);
});
