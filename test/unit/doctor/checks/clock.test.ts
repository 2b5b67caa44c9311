import { expect, test } from '@jest/globals';
import { judgeClock } from '../../../../src/doctor/checks/clock.ts';

const now = Date.UTC(2026, 10, 29, 12, 34, 56);
const judge = (isSynchronised?: boolean, savedAt?: number) =>
  judgeClock({ now, savedAt, isSynchronised });

test('a synchronised clock', () => {
  expect(judge(true, now - 1000)).toEqual({
    severity: 'ok',
    message: 'it is 2026-11-29 12:34 UTC, synchronised with the network',
  });
});

test('a machine that cannot say whether its clock is synchronised', () => {
  expect(judge()).toMatchObject({ severity: 'ok', message: expect.stringContaining('be seen') });
});

test('a clock that is not synchronised', () => {
  expect(judge(false)).toMatchObject({ severity: 'warning' });
});

test('a state that was saved in the future', () => {
  expect(judge(true, now + 30_000)).toMatchObject({ severity: 'ok' });
  expect(judge(true, now + 3_600_000)).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('the state was saved 1h later'),
  });
});
