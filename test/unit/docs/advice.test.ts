import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectDirectory } from '../../support/tools.ts';

const TEXT = readFileSync(join(projectDirectory, 'docs/advice.md'), 'utf8');

test('every test that docs/advice.md names is there', () => {
  const files = new Set(TEXT.match(/test\/[\w./-]+\.test\.ts/g));
  expect(files.size).toBeGreaterThan(30);
  expect([...files].filter((file) => !existsSync(join(projectDirectory, file)))).toEqual([]);
});

test('every row says by what it was tried', () => {
  const rows = TEXT.split('\n').filter((line) => /^\| (?!-|Situation)/.test(line));
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((row) => !/`test\/|trial.*\d{4}-\d\d-\d\d/.test(row))).toEqual([]);
});
