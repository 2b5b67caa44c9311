import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectDirectory } from '../../support/tools.ts';

/** Phrases that read as translated. CONTRIBUTING.md, "Style", has the words to use instead. */
const PHRASES =
  /\b(?:anew|learnt|mends?|mended|nobody (?:knows|can tell|can name)|counts as no copy|is told of|at the latest|whoever looks|tried again|cannot be looked at|was not looked at)\b/i;
const NAMES =
  /\b(?:function|class|interface|type|const) (?:asked|said|told|only|orNone|isSaid|saidAt|thing|ours)\b/;

/** Words with which a name of a test, or a decision, reads as translated. */
const WORDS =
  /\b(?:whatever|whoever|nobody|as good as|is none|all the same|looked at|told|anew|mend(?:s|ed)?)\b/i;
const TEST_NAME =
  /(?:\b(?:test|describe|describeWithTools)(?:\.each)?\(|\)\(|^)\s*(?:\[[^\]]*\], )?(['"`])(.*?)\1, ?(?:async |\(|$)/;

function lines(...paths: readonly string[]): string[] {
  return paths.flatMap(filesIn).flatMap((file) =>
    readFileSync(join(projectDirectory, file), 'utf8')
      .split('\n')
      .map((line, i) => `${file}:${i + 1}: ${line}`),
  );
}

function filesIn(path: string): string[] {
  const absolute = join(projectDirectory, path);
  if (!statSync(absolute).isDirectory()) return [path];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|md|ya?ml)$/.test(entry.name))
    .map((entry) => relative(projectDirectory, join(entry.parentPath, entry.name)));
}

test('documentation, messages and comments use the usual words', () => {
  const all = lines('src', 'alerts', 'deploy', 'docs', 'README.md', 'SECURITY.md', 'CHANGELOG.md');
  const translated = all.filter(
    (line) => PHRASES.test(line) && !/^docs\/(?:advice|restore|soak)/.test(line),
  );

  expect(translated).toEqual([]);
});

test('the names of tests use the usual words', () => {
  const named = lines('test').map((line) => ({
    line,
    name: TEST_NAME.exec(line.replace(/^\S+: /, ''))?.[2] ?? '',
  }));

  expect(named.filter(({ name }) => name !== '').length).toBeGreaterThan(1000);
  const translated = named.filter(({ name }) => PHRASES.test(name) || WORDS.test(name));
  expect(translated.map(({ line }) => line)).toEqual([]);
});

test('decisions and notes on performance use the usual words', () => {
  const text = lines('docs/decisions.md', 'docs/performance.md');

  expect(text.filter((line) => WORDS.test(line))).toEqual([]);
});

test('names are nouns and verbs of the field', () => {
  expect(lines('src').filter((line) => NAMES.test(line))).toEqual([]);
});
