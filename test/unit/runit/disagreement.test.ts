import { expect, test } from '@jest/globals';
import { findDisagreement } from '../../../src/runit/disagreement.ts';

const names = ['backup-syncd', 'minio'];

test('the link of an enabled client, and none of a disabled one, are as they should be', () => {
  expect(findDisagreement('ahost', true, { link: 'ours', names })).toBeUndefined();
  expect(findDisagreement('ahost', false, { link: 'none' })).toBeUndefined();
});

test.each([
  [{ isEnabled: true, link: 'none' }, 'but runit does not run it', 'client enable ahost'],
  [{ isEnabled: false, link: 'ours' }, 'but runit runs its services', 'client disable ahost --rea'],
  [{ isEnabled: true, link: 'foreign' }, 'is not a link to its services', 'then run: backup-syncd'],
  [{ isEnabled: false, link: 'foreign' }, 'is not a link to its services', 'client disable ahost'],
] as const)('%j', ({ isEnabled, link }, message, hint) => {
  const found = findDisagreement('ahost', isEnabled, { link, names });

  expect(found?.message).toContain(message);
  expect(found?.hint).toContain(hint);
});

test('the link of an enabled client leads to a daemon', () => {
  const gone = findDisagreement('ahost', true, { link: 'ours' });
  expect(gone?.message).toContain('it has no services');
  expect(gone?.hint).toContain('client enable ahost');

  const none = findDisagreement('ahost', true, { link: 'ours', names: ['minio'] });
  expect(none?.message).toContain('no service backup-syncd');
  expect(none?.hint).toContain('runit/template/services');
});
