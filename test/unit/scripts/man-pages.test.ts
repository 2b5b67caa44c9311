import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderManPages } from '../../../scripts/packaging/man-pages.ts';
import { quoted, roff, roffLines } from '../../../scripts/packaging/roff.ts';
import { projectDirectory } from '../../support/tools.ts';

const pages = renderManPages('/opt/documents');

test('each command has a page, and only those that are shown', () => {
  const names = [...pages.keys()];

  expect(names).toContain('backup-syncd.1');
  expect(names).toContain('backup-syncd-sync.1');
  expect(names).toContain('backup-syncd-client-add.1');
  expect(names).not.toContain('backup-syncd-complete.1');
  expect(names).not.toContain('backup-syncd-help.1');
});

test('npm installs all pages: package.json names each', () => {
  const { man } = JSON.parse(readFileSync(join(projectDirectory, 'package.json'), 'utf8')) as {
    man: string[];
  };

  expect(man).toEqual([...pages.keys()].sort().map((name) => `dist/man/${name}`));
});

test('a page has what the help of its command has', () => {
  const page = pages.get('backup-syncd-sync.1') ?? '';

  expect(page).toContain('.SH NAME\nbackup\\-syncd\\-sync \\- run one pass now');
  expect(page).toContain('.SH SYNOPSIS\n.B "backup\\-syncd sync"\n[options] [clients...]\n');
  expect(page).toMatch(/\.SH "OPTIONS"\n(?:.*\n)*\.TP\n\.B "\\-\\-backend <name\.\.\.>"\n\S/);
  expect(page).toMatch(/\.SH "EXAMPLES"\n\.TP\n\.B "backup\\-syncd sync .*"\n\S/);
});

test('the page of the program names the page of each command', () => {
  const page = pages.get('backup-syncd.1') ?? '';
  const others = [...pages.keys()].filter((name) => name !== 'backup-syncd.1');

  for (const name of others) expect(page).toContain(`.BR ${roff(name.replace(/\.1$/, ''))} (1)`);
});

test('the page of the program says where the documentation of this package is', () => {
  expect(pages.get('backup-syncd.1')).toContain('The documentation is in /opt/documents.');
});

test('roff executes and changes nothing in a text', () => {
  expect(roff('\\fB')).toBe('\\efB');
  expect(roff("-l 'a' `b` ~ ^")).toBe('\\-l \\(aqa\\(aq \\(gab\\(ga \\(ti \\(ha');
  expect(roff('CLIENT… 😀')).toBe('CLIENT\\[u2026] \\[u1F600]');
  expect(roffLines('.so /etc/passwd\nwell')).toBe('\\&.so /etc/passwd\nwell');
  expect(quoted('say "x"')).toBe('"say \\(dqx\\(dq"');
});
