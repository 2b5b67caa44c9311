import { expect, test } from '@jest/globals';
import { newClientText } from '../../../../src/config/edit/new-client.ts';

test.each([
  [{ source: '/srv/a: b' }, 'source:\n  directory: "/srv/a: b"\n'],
  [{ source: 'b2:bucket/a' }, 'source:\n  rclone: b2:bucket/a\n'],
  [{ every: '7d' }, 'expect:\n  snapshotEvery: 7d\n'],
  [{}, '# Everything comes from the defaults in backup-syncd.yaml.\n'],
])('a new client with %j', (given, text) => {
  expect(newClientText(given)).toBe(text);
});

test.each(['', 'srv/a', '/srv/{host}', '~/a'])('no source can be %j', (source) => {
  expect(newClientText({ source })).toBeUndefined();
});
