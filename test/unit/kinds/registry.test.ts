import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KINDS } from '../../../src/kinds/registry.ts';

const src = join(import.meta.dirname, '../../../src');
const names = KINDS.map(({ name }) => name);

/** `kind === 'rclone'`, `case 'rclone':`, `'rclone' in config`: what asks of a place which kind it is. */
const ASKS = new RegExp(
  `kind\\b[^\\n;]{0,20}[!=]==? *'(${names.join('|')})'|case '(${names.join('|')})'|'(${names.join('|')})' in \\w`,
);

test.each(['kind === "x"', "case 'x'", "'x' in config", "config.kind !== 'x'"])(
  'the test sees %s',
  (text) => {
    expect(ASKS.test(text.replace(/["']x["']/, `'${names[1] ?? ''}'`))).toBe(true);
  },
);

test('nothing outside of src/kinds asks of a place which kind it is', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const asking = files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('kinds/'))
    .filter((file) => ASKS.test(readFileSync(join(src, file), 'utf8')));

  expect(asking).toEqual([]);
});

test('each kind is a folder of its name, and one line of the registry', () => {
  const folders = readdirSync(join(src, 'kinds'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  expect([...names].sort()).toEqual(folders.sort());
});

test('every location answers every question: the port has no optional members', () => {
  const port = readFileSync(join(src, 'locations/location.ts'), 'utf8');
  const [, members = ''] = /^export interface Location \{\n([^]*?)^\}/m.exec(port) ?? [];

  expect(members.match(/^ {2}(?:readonly )?\w+[(<:]/gm)?.length).toBeGreaterThan(15);
  expect(members).not.toMatch(/^ {2}(?:readonly )?\w+\?/m);
});
