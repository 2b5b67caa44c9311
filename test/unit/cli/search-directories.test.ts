import { expect, test } from '@jest/globals';
import { mountedEntries } from '../../../src/cli/search-directories.ts';

const POINTS = [
  ...['/', '/srv', '/srv/rest', '/srv/rest/a', '/srv/rest/a', '/srv/rest/.hidden', '/srv/restore'],
  ...['/srv/rest/user', '/srv/rest/user/b', '/srv/rest/user/b/data', '/mnt'],
];

test.each([
  [['*'], '/srv/rest', ['a', 'user']],
  [['*', '*'], '/srv/rest', ['a', 'user', 'user/b']],
  [['user', '*'], '/srv/rest', ['user', 'user/b']],
  [['*', 'rest', '*'], '/', ['srv', 'srv/rest', 'srv/rest/a', 'srv/rest/user', 'mnt']],
  [['*'], '/mnt', []],
])('%j in %s names these mounts, or leads through them', (parts, root, expected) => {
  expect(mountedEntries(POINTS, { root, parts })).toEqual(expected);
});
