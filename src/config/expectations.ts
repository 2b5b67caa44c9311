import { buildGroups, defaultGraceMs } from './expected-groups.ts';
import { blame, type Layers } from './layers.ts';
import type { PlaceConfig } from '../kinds/place-config.ts';
import { checkIntervalsOf } from '../kinds/check-intervals.ts';
import { backendTraits, watchOf } from '../kinds/traits.ts';
import { agree, plural } from '../runtime/plural.ts';
import { compactDuration, DAY_MS } from '../runtime/units.ts';
import type { ClientFile } from './schema/client.ts';
import type { BackendExpectations, ConfigProblem, Expectations, SourceConfig } from './types.ts';

/** How many checks may fail before the copies of a place stop counting. */
const CHECKS = 3;

type ExpectFile = NonNullable<ClientFile['expect']>;
export type BackendFile = NonNullable<ClientFile['backends']>[number];

/** A backend as it was written, and what its kind has made of that. */
export interface Draft {
  readonly given: BackendFile;
  readonly place: PlaceConfig;
}

/**
 * Builds the expectations of a client.
 *
 * @param fill fills in `{client}`
 */
export function buildExpectations(
  given: ExpectFile,
  backends: number,
  fill: (template: string) => string,
): Expectations {
  const snapshotEveryMs = given.snapshotEvery === undefined ? DAY_MS : given.snapshotEvery;
  const groups = buildGroups(given, snapshotEveryMs, fill);
  return {
    snapshotEveryMs,
    graceMs: given.grace ?? defaultGraceMs(snapshotEveryMs),
    copies: given.copies ?? backends + 1,
    copiesWithinMs: given.copiesWithin ?? DAY_MS,
    ...(groups.length > 0 && { groups }),
  };
}

/** The thresholds for the places of a client. */
export interface Thresholds {
  readonly expect: Expectations;
  readonly given: ExpectFile;
  /** of the source */
  readonly pollMs: number;
}

/** Builds the expectations of one of its backends. */
export function expectationsOf(
  draft: Draft,
  { expect, given, pollMs }: Thresholds,
): Omit<BackendExpectations, 'name' | 'around'> {
  const { maxLag, offline } = draft.given;
  const defaultMs = Math.max(DAY_MS, CHECKS * checkEveryMs(draft, pollMs));
  return {
    maxLagMs: maxLag ?? Math.max(expect.copiesWithinMs, offline ?? 0),
    seenWithinMs: Math.max(given.seenWithin ?? defaultMs, offline ?? 0),
    ...(offline !== undefined && { offlineMs: offline }),
  };
}

/** How often it is checked when nothing is new, in milliseconds. */
function checkEveryMs({ given: { before, after }, place }: Draft, pollMs: number): number {
  const isFetched = before !== undefined || after !== undefined;
  return Math.max(
    pollMs,
    checkIntervalsOf(place, { isFetched, auditEveryMs: 0 }).probeEveryMs ?? 0,
  );
}

/** Whether its replicas can ever count as copies. Nothing is known about the result of a script without `verify`. */
export function counts({ place }: Draft): boolean {
  return backendTraits(place).countsAsCopy;
}

export function checkCopies(
  layers: Layers,
  { copies }: Expectations,
  backends: readonly Draft[],
): ConfigProblem[] {
  const counting = backends.filter(counts).length;
  const places = counting + 1;
  const { client, daemon } = layers;
  const giver = client.file.locate(['backends']) === undefined ? daemon : client;
  const isUnsure = giver.problems.some(({ key }) => /(^|\.)backends/.test(key));
  if (copies <= places || isUnsure) return [];
  const uncounted = backends
    .filter((backend) => !counts(backend))
    .map(({ given }) => `"${given.name}"`);
  const except =
    uncounted.length === 0
      ? ''
      : ` (not ${uncounted.join(', ')}: a script counts only with verify)`;
  const has = `${places} ${agree(places, 'is', 'are')} configured: the source and ${plural(counting, 'backend')}${except}`;
  const message = `${plural(copies, 'place')} ${agree(copies, 'is', 'are')} required, but ${has}; add a backend, or write at most ${places}`;
  return [blame(layers, ['expect', 'copies'], message)];
}

/** Refuses a number of copies that cannot be reached while disks are away: they get new snapshots only when they are back. */
export function checkAway(
  layers: Layers,
  { expect: { copies, copiesWithinMs } }: Thresholds,
  backends: readonly Draft[],
): ConfigProblem[] {
  const counting = backends.filter(counts);
  const mayBeAway = counting.filter(({ given: { offline = 0 } }) => offline > copiesWithinMs);
  const always = 1 + counting.length - mayBeAway.length;
  if (copies <= always || copies > 1 + counting.length) return [];
  const times = mayBeAway.map(({ given: { offline = 0 } }) => offline).sort((a, b) => a - b);
  const needed = compactDuration(times[copies - always - 1] ?? 0);
  const names = mayBeAway.map(
    ({ given: { name, offline = 0 } }) => `"${name}" (${compactDuration(offline)})`,
  );
  const message = `${copies} places are required within ${compactDuration(copiesWithinMs)}, but ${names.join(', ')} may be away for longer, and only ${always} ${always === 1 ? 'is' : 'are'} always there; write copies: ${always}, or copiesWithin: ${needed}`;
  const isGiven = [layers.client, layers.daemon].some(
    ({ file }, i) =>
      file.locate([...(i === 0 ? [] : ['defaults']), 'expect', 'copies']) !== undefined,
  );
  const at = backends.findIndex((draft) => draft === mayBeAway[0]);
  return [blame(layers, isGiven ? ['expect', 'copies'] : ['backends', at, 'offline'], message)];
}

export function checkPace(
  layers: Layers,
  source: SourceConfig | undefined,
  { copiesWithinMs }: Expectations,
): ConfigProblem[] {
  if (source === undefined || source.pollMs <= copiesWithinMs) return [];
  const { directory, isPossible } = watchOf(source);
  if (directory !== undefined) return [];
  const remedy = isPossible ? 'poll more often, or set watch: true' : 'poll more often';
  const message = `is longer than expect.copiesWithin, and the source is not watched: copies would always be late; ${remedy}`;
  return [blame(layers, ['source', 'poll'], message)];
}

/** Refuses a `seenWithin` shorter than the time between two checks: the place would look unreachable in between. */
export function checkSeen(
  layers: Layers,
  { given: { seenWithin }, pollMs }: Thresholds,
  backends: readonly Draft[],
): ConfigProblem[] {
  if (seenWithin === undefined) return [];
  const seldom = backends.find((backend) => seenWithin < 2 * checkEveryMs(backend, pollMs));
  if (seldom === undefined) return [];
  const message = `is too short: backend "${seldom.given.name}" is checked every ${compactDuration(checkEveryMs(seldom, pollMs))}; write at least twice that`;
  return [blame(layers, ['expect', 'seenWithin'], message)];
}
