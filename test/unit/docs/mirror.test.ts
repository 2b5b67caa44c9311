import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const project = join(import.meta.dirname, '../../..');
const [src, unit] = [join(project, 'src'), join(project, 'test/unit')];

/** Folders of test/unit whose tests are about folders of the project beside src. */
const BESIDE = new Set(['alerts', 'dashboards', 'deploy', 'docs', 'scripts']);

function filesIn(directory: string, ending: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(ending),
  );
}

const tests = filesIn(unit, '.test.ts').filter((name) => !BESIDE.has(name.split('/')[0] ?? ''));
const folders = [...new Set(filesIn(src, '.ts').map(dirname))].filter((folder) => folder !== '.');

/** The files of src that a test imports, itself or through helpers of tests. */
function imported(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  if (file.startsWith(src)) return seen;
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom '(\.[^']+\.ts)'/g))
    imported(resolve(dirname(file), path), seen);
  return seen;
}

test('every folder of src has its folder of tests', () => {
  expect(folders.length).toBeGreaterThan(20);
  expect(folders.filter((folder) => !existsSync(join(unit, folder)))).toEqual([]);
});

test('every folder of tests is one of src, or one beside it', () => {
  const strays = tests.filter((name) => !folders.includes(dirname(name)));
  expect(strays.filter((name) => !name.startsWith('kinds/toy/'))).toEqual([]);
  expect([...BESIDE].filter((name) => !existsSync(join(project, name)))).toEqual([]);
});

test('each test that imports something of src is in a folder that it imports from', () => {
  const strays = tests.filter((name) => {
    const [folder = ''] = name.split('/');
    const sources = [...imported(join(unit, name))]
      .filter((path) => path.startsWith(`${src}/`))
      .map((path) => relative(src, path));
    return sources.length > 0 && !sources.some((path) => path.startsWith(`${folder}/`));
  });
  expect(tests.length).toBeGreaterThan(100);
  expect(strays).toEqual([]);
});
