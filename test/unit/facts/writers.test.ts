import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Who writes each chapter (docs/architecture.md). */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  "Backend 'place'": ['work/evaluation.ts'],
  "Backend 'audit'": ['work/audit/audit.ts'],
  "Backend 'contents'": ['work/evaluation.ts'],
  "Backend 'attempts'": ['work/attempts-record.ts', 'work/pass.ts', 'work/sync/outcomes.ts'],
  "Backend 'progress'": ['work/pass.ts'],
  "Backend 'restores'": ['work/restore-check/known-places.ts'],
  History: ['client/snapshot-tracker.ts'],
  Interventions: ['client/interventions.ts'],
  Pauses: ['client/pauses.ts'],
  "Source 'audit'": ['work/audit/source-audit.ts'],
  "Source 'attempts'": ['work/attempts-record.ts'],
  "Source 'health'": ['client/source-outcomes.ts'],
  "Source 'contents'": ['client/snapshot-tracker.ts', 'client/source-loop.ts'],
  "Source 'groups'": ['work/groups/read-groups.ts'],
  "Source 'guard'": ['client/source-guard.ts'],
  "Source 'memory'": ['client/source-memory.ts'],
  "Source 'progress'": ['client/source-loop.ts'],
  "Source 'restores'": ['work/restore-check/known-places.ts', 'work/restore-check/left-over.ts'],
  'several of a backend': ['work/evaluation.ts'],
};
const WRITES =
  /\.update(Backend\([^']*'\w+'|Source\(\s*'\w+'|History|Interventions|Pauses)|\.(replaceBackend|forgetPlace)\(/g;

test('each chapter has its writer, and no other file writes it', () => {
  const found: Record<string, Set<string>> = {};
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.startsWith('facts/')))
    for (const [, update] of readFileSync(join('src', file), 'utf8').matchAll(WRITES))
      (found[chapterOf(update)] ??= new Set()).add(file);

  const sorted = Object.entries(found).map(([chapter, writers]) => [chapter, [...writers].sort()]);
  expect(Object.fromEntries(sorted)).toEqual(WRITERS);
});

/** `Backend(this.name, 'place'` as `Backend 'place'`. */
function chapterOf(update: string | undefined): string {
  return update?.replace(/\([^']*/, ' ') ?? 'several of a backend';
}
