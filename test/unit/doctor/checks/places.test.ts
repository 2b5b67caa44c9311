import { expect, test } from '@jest/globals';
import { judgePlace } from '../../../../src/doctor/checks/places.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { samplePlace } from '../sample-place.ts';

const place = samplePlace();
const about = { client: 'ahost', place: 'nas' };

test('a place that is what it should be', () => {
  expect(judgePlace({ place, value: 'has been a backend since 2026-11-29' })).toEqual({
    ...about,
    severity: 'ok',
    message: '/srv/nas has been a backend since 2026-11-29',
  });
});

test('the reason and the hint of a place that cannot be used', () => {
  const error = new SyncdError('not_initialised', 'no marker', 'run: backend init');
  expect(judgePlace({ place, error })).toEqual({
    ...about,
    severity: 'error',
    message: 'no marker',
    hint: 'run: backend init',
  });
});

test('a rotated disk may be away', () => {
  const away = samplePlace({ mayBeAway: true });
  expect(judgePlace({ place: away, error: undefined })).toEqual({
    ...about,
    severity: 'warning',
    message: '/srv/nas did not answer in time',
    hint: 'check what is between this machine and /srv/nas',
  });
});
