import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const repositoryRoot = join(import.meta.dirname, '../../..');
const docs = join(repositoryRoot, 'docs');
const architecture = readFileSync(join(docs, 'architecture.md'), 'utf8');

function sources(): string[] {
  const names = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(repositoryRoot, 'src', name), 'utf8'));
}

test('every invariant that the code cites is defined', () => {
  const defined = new Set([...architecture.matchAll(/\*\*(I\d+) /g)].map(([, id]) => id));
  const cited = new Set(sources().flatMap((text) => text.match(/\bI\d{1,2}(?=\))/g) ?? []));

  expect(defined.size).toBe(14);
  expect(cited.size).toBeGreaterThan(5);
  expect([...cited].filter((id) => !defined.has(id))).toEqual([]);
});

test('every file that these pages name exists', () => {
  const pages = ['architecture.md', 'decisions.md', 'performance.md'];
  const named = pages.flatMap((page) =>
    [...readFileSync(join(docs, page), 'utf8').matchAll(/`([a-z-]+\/[a-z/-]+\.ts)`/g)].map(
      ([, path = '']) => path,
    ),
  );
  const existing = new Set(
    readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' }),
  );

  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existing.has(path))).toEqual([]);
});

test('every folder of src is described', () => {
  const folders = readdirSync(join(repositoryRoot, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const described = /```\n(src\/[^]*?)```/.exec(architecture)?.[1] ?? '';

  expect(folders.filter((name) => !new RegExp(`\\b${name}/`).test(described))).toEqual([]);
});
