import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod/mini';
import {
  Attempts,
  NO_ATTEMPTS,
  NO_SOURCE_ATTEMPTS,
  SourceAttempts,
} from '../../../src/facts/attempts.ts';
import { Audit, NO_AUDIT } from '../../../src/facts/audit.ts';
import {
  recallContents,
  storeContents,
  StoredContents,
  UNKNOWN_CONTENTS,
} from '../../../src/facts/contents.ts';
import {
  newHistory,
  recallHistory,
  storeHistory,
  StoredHistory,
  type History,
} from '../../../src/facts/history.ts';
import { Interventions, NO_INTERVENTIONS } from '../../../src/facts/interventions.ts';
import { NO_PAUSES, Pauses } from '../../../src/facts/pauses.ts';
import { Place, UNKNOWN_PLACE } from '../../../src/facts/place.ts';
import { NO_PROGRESS, Progress } from '../../../src/facts/progress.ts';
import { SourceContents, UNKNOWN_SOURCE } from '../../../src/facts/source-contents.ts';
import { NO_GROUPS, SourceGroups } from '../../../src/facts/source-groups.ts';
import { NO_RESTORES, Restores } from '../../../src/facts/restores.ts';
import { NO_GUARD, SourceGuard } from '../../../src/facts/source-guard.ts';
import { SourceHealth, UNKNOWN_HEALTH } from '../../../src/facts/source-health.ts';
import { NO_MEMORY, SourceMemory } from '../../../src/facts/source-memory.ts';
import { EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { chapters, groups, guard, memory } from './chapters.ts';

function throughJson<T extends z.ZodMiniType>(schema: T, chapter: z.output<T>): z.output<T> {
  return z.decode(schema, JSON.parse(JSON.stringify(z.encode(schema, chapter))) as z.input<T>);
}

const contents = z.codec(z.unknown(), z.custom<typeof UNKNOWN_CONTENTS>(), {
  decode: (stored) =>
    recallContents(
      z.decode(StoredContents, stored as z.input<typeof StoredContents>),
      EMPTY_CATALOGUE,
      new SnapshotTimes(),
    ),
  encode: (known) => z.encode(StoredContents, storeContents(known, EMPTY_CATALOGUE)),
});

const history = z.codec(z.unknown(), z.custom<History>(), {
  decode: (stored) => recallHistory(StoredHistory.parse(stored)),
  encode: (known) => storeHistory(known),
});

/** Every chapter, its initial value, and values that it may have. */
const CHAPTERS: Readonly<Record<string, [z.ZodMiniType, object, fc.Arbitrary<object>]>> = {
  place: [Place, UNKNOWN_PLACE, chapters.place],
  contents: [contents, UNKNOWN_CONTENTS, chapters.contents],
  attempts: [Attempts, NO_ATTEMPTS, chapters.attempts],
  'attempts at the source': [SourceAttempts, NO_SOURCE_ATTEMPTS, chapters.sourceAttempts],
  audit: [Audit, NO_AUDIT, chapters.audit],
  restores: [Restores, NO_RESTORES, chapters.restores],
  progress: [Progress, NO_PROGRESS, chapters.progress],
  'health of the source': [SourceHealth, UNKNOWN_HEALTH, chapters.health],
  'contents of the source': [SourceContents, UNKNOWN_SOURCE, chapters.sourceContents],
  history: [history, newHistory(3), chapters.history],
  interventions: [Interventions, NO_INTERVENTIONS, chapters.interventions],
  pauses: [Pauses, NO_PAUSES, chapters.pauses],
  'groups of the source': [SourceGroups, NO_GROUPS, groups],
  'guard of the source': [SourceGuard, NO_GUARD, guard],
  'memory of the source': [SourceMemory, NO_MEMORY, memory],
};

test.each(Object.entries(CHAPTERS))('%s is read as it was stored', (_name, chapter) => {
  const [schema, initial, drawn] = chapter;
  expect(throughJson(schema, initial)).toEqual(initial);
  fc.assert(
    fc.property(drawn, (values) => {
      const known = { ...initial, ...values };
      expect(throughJson(schema, known)).toEqual(known);
    }),
  );
});
