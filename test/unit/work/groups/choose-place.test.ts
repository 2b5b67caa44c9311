import { describe, expect, test } from '@jest/globals';
import { initialBackend } from '../../../../src/facts/initial.ts';
import type { Contents } from '../../../../src/facts/contents.ts';
import { choosePlace } from '../../../../src/work/groups/choose-place.ts';
import { idOf } from '../../../arbitraries/ids.ts';

const MINUTE = 60_000;

interface Condition {
  readonly up?: boolean | undefined;
  readonly fails?: boolean;
}

function replica(name: string, contents: Partial<Contents>, condition: Condition = {}) {
  const { up, fails = false } = { up: true, ...condition };
  const { place, attempts, ...rest } = initialBackend(0);
  const trouble = { reason: 'timeout' as const, message: '' };
  const known = {
    ...rest,
    place: { ...place, up },
    attempts: { ...attempts, ...(fails && { trouble }) },
    contents: { ...rest.contents, baselineAt: 1, ...contents },
  };
  return { name, known };
}

const complete = (name: string) => replica(name, { missing: new Map() });
const behind = { missing: new Map([[idOf(1), 5]]) };

describe('where snapshots are read', () => {
  test('at the first replica that has them all', () => {
    const replicas = [replica('usb', behind), complete('nas'), complete('other')];
    expect(choosePlace({ replicas, waitedMs: 0 })).toEqual({ replica: 'nas' });
  });

  test.each([
    { what: 'a replica that is behind', one: replica('usb', behind) },
    {
      what: 'a replica that was not seen yet',
      one: replica('usb', { missing: new Map() }, { up: undefined }),
    },
    { what: 'a replica with its first copy', one: replica('usb', { baselineAt: undefined }) },
  ])('not from $what: later, and at the source after a quarter of an hour', ({ one }) => {
    expect(choosePlace({ replicas: [one], waitedMs: 14 * MINUTE })).toBe('later');
    expect(choosePlace({ replicas: [one], waitedMs: 15 * MINUTE })).toBe('source');
  });

  test.each([
    { what: 'is away', one: replica('usb', { missing: new Map() }, { up: false }) },
    { what: 'fails', one: replica('usb', behind, { fails: true }) },
  ])('at the source at once while the only replica $what', ({ one }) => {
    expect(choosePlace({ replicas: [one], waitedMs: 0 })).toBe('source');
  });

  test('at the source if there is no replica on this machine', () => {
    expect(choosePlace({ replicas: [], waitedMs: 0 })).toBe('source');
  });
});
