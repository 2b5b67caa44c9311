import { expect, test } from '@jest/globals';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { StateSaver } from '../../../src/client/state-saver.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { initialFacts } from '../../../src/facts/initial.ts';

test('what changes while a slow disk saves is saved after it', async () => {
  const store = new FactStore(initialFacts('ahost', [], 0));
  let saves = 0;
  let finish: () => void = () => undefined;
  const save = () => {
    saves += 1;
    return new Promise<void>((resolve) => (finish = resolve));
  };
  const unit = { name: 'ahost', store, setSaving: () => undefined };
  const clock = { now: () => 0, random: () => 0 };
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
