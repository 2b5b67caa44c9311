import { normalize } from 'node:path';
import * as z from 'zod/mini';
import {
  compactDuration,
  DAY_MS,
  DURATION_PATTERN,
  parseDuration,
  parseSize,
  SIZE_PATTERN,
} from '../runtime/units.ts';

/** The valid names of clients and backends, which become file names and labels. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;
export const NAME_RULE =
  'use 1 to 63 of a-z, 0-9, ".", "_" and "-", beginning with a letter or a digit';

const RATE_PATTERN = new RegExp(SIZE_PATTERN.source.replace('$', '/s$'));
const DURATION_RULE = 'a duration; write a number and a unit (s, m, h, d, w)';
const SIZE_RULE = 'a size; write a whole number and a unit (B, KiB, MiB, GiB, TiB)';

interface Meta {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

interface TextOptions<T> extends Meta {
  readonly pattern: RegExp;
  /** completes "VALUE is not …" */
  readonly wanted: string;
  /** the final value, or the problem of a text that fits the pattern */
  readonly parse: (text: string) => { value: T } | { wrong: string };
}

/** A text that is parsed once. `wanted` describes a valid value in errors. */
export function text<T>({ pattern, wanted, parse, ...meta }: TextOptions<T>) {
  const error = (issue: { input?: unknown }): string => describeInvalid(issue.input, wanted);
  const given = z.string({ error }).check(z.regex(pattern, { error }));
  return z
    .pipe(
      given,
      z.transform((input: string, { issues }) => {
        const result = parse(input);
        if ('value' in result) return result.value;
        issues.push({ code: 'custom', input, message: `${quote(input)} ${result.wrong}` });
        return z.NEVER;
      }),
    )
    .register(z.globalRegistry, { ...meta });
}

interface DurationOptions extends Meta {
  readonly example: string;
  readonly minMs: number;
  readonly maxMs?: number;
}

/** Milliseconds. */
export function duration({ example, minMs, maxMs = 3650 * DAY_MS, ...meta }: DurationOptions) {
  return text({
    ...meta,
    pattern: DURATION_PATTERN,
    wanted: `${DURATION_RULE}, e.g. ${example}`,
    parse: (given) => checkRange(parseDuration(given), { minMs, maxMs }),
  });
}

/** Milliseconds, or null for `off`. */
export function durationOrOff({ example, minMs, ...meta }: DurationOptions) {
  return text<number | null>({
    ...meta,
    pattern: new RegExp(`^off$|${DURATION_PATTERN.source}`),
    wanted: `${DURATION_RULE}, e.g. ${example}, or off`,
    parse: (given) =>
      given === 'off'
        ? { value: null }
        : checkRange(parseDuration(given), { minMs, maxMs: 3650 * DAY_MS }),
  });
}

/** Bytes. */
export function size(meta: Meta & { readonly example: string }) {
  const { example, ...rest } = meta;
  return text({
    ...rest,
    pattern: SIZE_PATTERN,
    wanted: `${SIZE_RULE}, e.g. ${example}`,
    parse: (given) => {
      const value = parseSize(given);
      return value === undefined ? { wrong: 'is implausibly large' } : { value };
    },
  });
}

/** Bytes a second. */
export function rate(meta: Meta & { readonly example: string }) {
  const { example, ...rest } = meta;
  return text({
    ...rest,
    pattern: RATE_PATTERN,
    wanted: `a rate; write a size and /s, e.g. ${example}`,
    parse: (given) => {
      const value = parseSize(given.slice(0, -2));
      if (value === undefined) return { wrong: 'is implausibly large' };
      return value < 1024 ? { wrong: 'is too slow; at least 1KiB/s' } : { value };
    },
  });
}

interface NumberOptions extends Meta {
  /** completes "VALUE is not …" */
  readonly wanted: string;
  readonly min: number;
  readonly max?: number;
}

export function wholeNumber({
  wanted,
  min,
  max = Number.MAX_SAFE_INTEGER,
  ...meta
}: NumberOptions) {
  const error = (issue: { input?: unknown }): string => describeInvalid(issue.input, wanted);
  return z
    .int({ error })
    .check(z.minimum(min, { error }), z.maximum(max, { error }))
    .register(z.globalRegistry, { ...meta });
}

/** A text for people, on one line. */
export function shortText(meta: Meta) {
  return text({
    ...meta,
    pattern: /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]{1,1000}$/u,
    wanted: 'a text of at most 1000 characters on one line',
    parse: (given) => ({ value: given.trim() }),
  });
}

/** Milliseconds since the epoch. */
export function time(meta: Meta) {
  return text({
    ...meta,
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
    wanted: 'a time with its zone; write e.g. 2026-11-29T18:00:00Z',
    parse: (given) => {
      const value = Date.parse(given);
      return Number.isNaN(value) ? { wrong: 'is no time that exists' } : { value };
    },
  });
}

/** An absolute path, normalised, without a trailing slash. `{client}` is allowed only where it is known. */
export function path(meta: Meta & { readonly template: boolean }) {
  const { template, ...rest } = meta;
  return text({
    ...rest,
    pattern: /^\//,
    wanted: 'an absolute path; write it from the root, e.g. /mnt/nas',
    parse: (given) => {
      const wrong = findTemplateFault(given, template);
      return wrong === undefined ? { value: normalizePath(given) } : { wrong };
    },
  });
}

/** Removes `.`, `..`, repeated slashes and a trailing slash. */
export function normalizePath(given: string): string {
  const normal = normalize(given);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

export function truth(meta: Meta) {
  return z
    .boolean({ error: (issue) => describeInvalid(issue.input, 'a boolean; write true or false') })
    .register(z.globalRegistry, { ...meta });
}

/** "VALUE is not …", or what is missing. */
export function describeInvalid(input: unknown, wanted: string): string {
  if (input === undefined) return `is missing; it must be ${wanted}`;
  if (input === null) return `has no value; it must be ${wanted}`;
  return `${quote(input)} is not ${wanted}`;
}

function quote(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object' && input !== null) return 'a map';
  // A URL may contain a secret, and this text ends up in logs.
  const written = JSON.stringify(input).replace(/^"(\w+:(?:\/\/|\w+:\/\/))[^"]*/, '"$1…');
  return written.length > 120 ? `${written.slice(0, 117)}..."` : written;
}

function checkRange(
  ms: number | undefined,
  { minMs, maxMs }: { minMs: number; maxMs: number },
): { value: number } | { wrong: string } {
  if (ms === undefined || ms > maxMs)
    return { wrong: `is too long; at most ${compactDuration(maxMs)}` };
  return ms < minMs ? { wrong: `is too short; at least ${compactDuration(minMs)}` } : { value: ms };
}

function findTemplateFault(given: string, template: boolean): string | undefined {
  if (given.includes('\0')) return 'contains a NUL character, which no path can';
  const foreign = [...given.matchAll(/\{[^}]*\}?/g)].find(([found]) => found !== '{client}')?.[0];
  if (foreign !== undefined) {
    return `contains the unknown template ${foreign}; ${template ? 'the only one is {client}' : 'templates are not allowed here'}`;
  }
  if (!template && given.includes('{client}')) {
    return 'contains {client}, which is allowed only in the sources and backends of clients';
  }
  return undefined;
}
