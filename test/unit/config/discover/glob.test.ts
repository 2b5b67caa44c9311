import { expect, test } from '@jest/globals';
import { nameIn, parseGlob, type Glob } from '../../../../src/config/discover/glob.ts';

function globOf(text: string): Glob {
  const parsed = parseGlob(text);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed.value;
}

test.each([
  ['/srv/rest-server/*', '/srv/rest-server', ['*']],
  ['/srv//rest-server/*/', '/srv/rest-server', ['*']],
  ['/srv/*/*', '/srv', ['*', '*']],
  ['/backups/*/restic', '/backups', ['*', 'restic']],
  ['/*', '/', ['*']],
])('%s is below %s', (text, root, parts) => {
  expect(globOf(text)).toMatchObject({ root, parts });
});

test.each([
  ['/srv/rest-server', 'has no *; to find every repository in it, write /srv/rest-server/*'],
  ['/srv/**', 'contains "**"'],
  ['/srv/a*', 'contains "a*"'],
  ['/srv/{a,b}/*', 'contains "{a,b}"'],
  ['/srv/[ab]/*', 'contains "[ab]"'],
  ['/srv/?/*', 'contains "?"'],
  ['/*/*/*/*/*', 'is too deep'],
  ['/srv/\u0007/*', 'contains a control character'],
])('%s is refused', (text, wrong) => {
  expect(parseGlob(text)).toEqual({ wrong: expect.stringContaining(wrong) as unknown });
});

test.each([
  ['/srv/*', '/srv/ahost', 'ahost'],
  ['/srv/*', '/srv/a/b', undefined],
  ['/srv/*', '/srv', undefined],
  ['/srv/*', '/srvx/ahost', undefined],
  ['/srv/*', '/srv/.hidden', undefined],
  ['/srv/*', '/srv/', undefined],
  ['/srv/*/*', '/srv/anna/laptop', 'anna-laptop'],
  ['/srv/*/restic', '/srv/ahost/restic', 'ahost'],
  ['/srv/*/restic', '/srv/ahost/other', undefined],
  ['/*', '/ahost', 'ahost'],
])('%s names %s: %s', (glob, path, name) => {
  expect(nameIn(globOf(glob), path)).toBe(name);
});
