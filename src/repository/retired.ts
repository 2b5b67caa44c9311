import { isObjectId } from './names.ts';

/** Objects that a person moved aside at a backend: `.backup-syncd/retired/DATE/`, with the same paths below it (I6). */

/** Packs are never retired, because a pack that nothing names does no harm. */
export const RETIRABLE_KINDS = ['snapshots', 'index', 'keys'] as const;
export type RetirableKind = (typeof RETIRABLE_KINDS)[number];

export interface RetirableObject {
  readonly kind: RetirableKind;
  readonly id: string;
}

export interface RetiredObject extends RetirableObject {
  readonly date: string;
}

/** A retired object as it was found. */
export interface RetiredFile extends RetiredObject {
  /** bytes */
  readonly size: number;
}

export const RETIRED = '.backup-syncd/retired';
const DATE = /^\d{4}-\d\d-\d\dT\d{6}Z$/;

export function isRetiredDate(text: string): boolean {
  return DATE.test(text);
}

/** The name of the directory for objects retired now: `2026-11-28T224928Z`. @param now milliseconds since the epoch */
export function retiredDateOf(now: number): string {
  return new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/(?<=T.*):/g, '');
}

export function retiredPath({ date, kind, id }: RetiredObject): string {
  return `${RETIRED}/${date}/${kind}/${id}`;
}

/** Parses exactly `snapshots/ID`; undefined for anything else (I13). */
export function parseRetirable(path: string): RetirableObject | undefined {
  const [kind, id = '', ...more] = path.split('/');
  const known = RETIRABLE_KINDS.find((candidate) => candidate === kind);
  return known !== undefined && more.length === 0 && isObjectId(id)
    ? { kind: known, id }
    : undefined;
}

/** The paths that name a retirable object. */
export function retirablesOf(paths: readonly string[]): RetirableObject[] {
  return paths.flatMap((path) => parseRetirable(path) ?? []);
}

/** Parses exactly `DATE/snapshots/ID`, below the directory of retired objects. */
export function parseRetired(path: string): RetiredObject | undefined {
  const [date = '', ...rest] = path.split('/');
  const object = isRetiredDate(date) ? parseRetirable(rest.join('/')) : undefined;
  return object && { date, ...object };
}

const HEADER =
  '# moved aside by: backup-syncd backend retire; back with: backup-syncd backend restore-retired';

/** The list that is written before anything moves. */
export function renderRetiredList(paths: readonly string[]): string {
  return [HEADER, ...new Set(paths), ''].join('\n');
}

/** The paths in a list; ignores anything else in it. */
export function parseRetiredList(text: string): Set<string> {
  return new Set(text.split('\n').filter((line) => parseRetirable(line) !== undefined));
}
