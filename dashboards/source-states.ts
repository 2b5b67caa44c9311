import type { ValueMappingResult } from '@grafana/grafana-foundation-sdk/dashboard';
import { SOURCE_SEVERITY } from '../src/report/source-severity.ts';
import { SOURCE_STATES, type Severity, type SourceStateName } from '../src/report/types.ts';
import { SOURCE_WORDS } from '../src/report/words.ts';
import { TONES } from './common.ts';
import { byClient, series } from './queries.ts';

/** In graphs, the states of backends have the numbers below. */
const FIRST_NUMBER = 100;

export function sourceLook(state: SourceStateName): { text: string; color: string } {
  return { text: SOURCE_WORDS[state], color: TONES[SOURCE_SEVERITY[state]] };
}

/** By number, as in a graph. */
export function sourceNumbers(): Readonly<Record<string, ValueMappingResult>> {
  return Object.fromEntries(
    SOURCE_STATES.map((state) => [numberOfSource(state), sourceLook(state)]),
  );
}

function numberOfSource(state: SourceStateName): number {
  return FIRST_NUMBER + SOURCE_STATES.indexOf(state);
}

/** For each client the number of the state that its source is in. */
export function numberOfEachSource(): string {
  const expr = SOURCE_STATES.map(
    (state) => `${numberOfSource(state)} * ${series('source_state', `state="${state}"`)}`,
  ).join('\n  or\n  ');
  return `max by (client) (\n  ${expr}\n)`;
}

/** A series for each client whose source is as bad as this. */
export function sourcesAsBad(as: Severity): string {
  const states = SOURCE_STATES.filter((state) => SOURCE_SEVERITY[state] === as);
  return `(${byClient('source_state', `state=~"${states.join('|')}"`)} == 1)`;
}
